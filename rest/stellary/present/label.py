"""Labels."""

from typing_extensions import TypedDict

import models
from models.records import LabelRecord
from rest.present import presents, shown


@presents(models.Label, without=("created_at",))
class Label(TypedDict):
    """A coloured tag of a project's cards."""


def label(record: LabelRecord) -> Label:
    return shown(Label, record)
