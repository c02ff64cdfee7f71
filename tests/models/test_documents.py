"""The collections are those of the modules."""

import pkgutil
from importlib import import_module

import beanie

import models
from models import DOCUMENTS
from models.base import Recorded, Stored


def test_every_document_of_a_module_is_a_collection_that_the_gateway_knows() -> None:
    modules = [import_module(f"models.{module.name}") for module in pkgutil.iter_modules(models.__path__)]
    declared = {
        one
        for module in modules
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, beanie.Document) and one.__module__ == module.__name__
    } - {Recorded, Stored}

    assert declared == set(DOCUMENTS), "run orrery records --write"
    assert len(DOCUMENTS) == len(set(DOCUMENTS))
