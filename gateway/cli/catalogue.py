"""`orrery catalogue`."""

import json
import sys
from typing import Annotated, Any

import typer
from rich.table import Table

from gateway.cli.console import STDOUT


def catalogue(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON rather than a table.")] = False,
    fields: Annotated[bool, typer.Option("--fields", help="Print the fields of models instead.")] = False,
) -> None:
    """Print every operation: who may call it, what it opens, and the doors that lead to it."""
    entries = _fields() if fields else _entries()
    if as_json:
        sys.stdout.write(json.dumps(entries, indent=2) + "\n")
        return
    if fields:
        shown = Table("field", "what it is", "doors", box=None, pad_edge=False)
        for one in entries:
            shown.add_row(one["field"], one["description"], ", ".join(one["doors"]))
        STDOUT.print(shown)
        return
    table = Table("operation", "caller, scope", "permission", "opens", "routes", box=None, pad_edge=False)
    for one in entries:
        asked = ", ".join(part for part in (one["caller"], one["scope"]) if part)
        table.add_row(one["field"], asked, one["permission"] or "", one["opens"] or "", "\n".join(one["routes"]))
    STDOUT.print(table)


def _fields() -> list[dict[str, Any]]:
    from pydantic import BaseModel

    from models import DOCUMENTS
    from models.facts import facts_of

    documents: list[type[BaseModel]] = list(DOCUMENTS)

    return [
        {
            "field": f"{model.__name__}.{key}",
            "description": field.facts.description,
            "doors": [str(door.name).lower() for door in field.facts.doors],
        }
        for model in documents
        for key, field in facts_of(model).items()
    ]


def _entries() -> list[dict[str, Any]]:
    from resolvers.catalogue import CATALOGUE
    from rest.stellary.table import TABLE
    from schema.graph import graph

    roots = graph()
    fields = {
        name
        for type_ in (roots.query_type, roots.mutation_type, roots.subscription_type)
        if type_ is not None
        for name in type_.fields
    }
    routes: dict[str, list[str]] = {}
    for route in TABLE:
        routes.setdefault(route.operation.name, []).append(f"{route.method} {route.path}")
    return [
        {
            "name": one.name,
            "field": one.name if one.name in fields else f"({one.name})",
            "caller": one.caller.name.lower().replace("_", " "),
            "scope": None if one.scope is None else one.scope.value,
            "permission": None if one.permission is None else one.permission.name,
            "opens": None if one.door is None else f"{one.door.noun.name} by {one.door.argument}",
            "readOnly": one.read_only,
            "routes": routes.get(one.name, []),
        }
        for _, one in sorted(CATALOGUE.items())
    ]
