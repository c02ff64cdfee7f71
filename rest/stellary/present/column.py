"""Columns."""

from typing_extensions import TypedDict

import models
from models.records import ColumnRecord
from rest.present import presents, shown


@presents(models.Column)
class Column(TypedDict):
    """A stage of a board; `order` is its place there, from 0. `scopeId` is null on the project's own board."""

    order: int


def column(record: ColumnRecord) -> Column:
    """`record` carries the `order`."""
    return {**shown(Column, record), "order": record["order"]}
