"""Types are named by references that nobody writes: they are made of the modules as these are written."""

from pathlib import Path
from typing import get_args

import pytest
from graphql import GraphQLObjectType

from gateway.cli.reference_source import reference_source
from gateway.paths import types_folder
from schema import references
from schema.graph import graph
from schema.node import reference


def test_the_references_are_those_of_the_modules() -> None:
    assert (types_folder() / "references.py").read_text(encoding="utf-8") == reference_source(types_folder())


@pytest.mark.parametrize("name", [name for name in vars(references) if name.endswith("Ref")])
def test_a_reference_leads_to_a_type_of_the_graph(name: str) -> None:
    forward, lazy = get_args(getattr(references, name))

    assert lazy.resolve_forward_ref(forward).resolve_type().__name__ == forward.__forward_arg__
    assert isinstance(graph().type_map[name.removesuffix("Ref")], GraphQLObjectType)
    assert reference(name.removesuffix("Ref")) is getattr(references, name)


def test_a_reference_is_made_of_a_module_that_names_it_before_it_is_there(tmp_path: Path) -> None:
    (tmp_path / "star.py").write_text(
        "import strawberry\nfrom schema.references import StarRef\n\n\n"
        "@filters(models.Star)\nclass StarFilter:\n    pass\n\n\n"
        "@strawberry.type(description='A star.')\nclass Star:\n    next: StarRef | None\n"
    )

    made = reference_source(tmp_path)

    assert "    from schema.star import Star\n" in made
    assert made.endswith('\nStarRef = Annotated["Star", strawberry.lazy("schema.star")]\n')
