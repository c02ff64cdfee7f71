"""`orrery catalogue`."""

import json
import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from rich.table import Table

from gateway.cli.console import STDOUT


def catalogue(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON rather than a table.")] = False,
    fields: Annotated[bool, typer.Option("--fields", help="Print the fields of models instead.")] = False,
    tools: Annotated[bool, typer.Option("--tools", help="Print the tools of agents instead.")] = False,
    deletions: Annotated[bool, typer.Option("--deletions", help="Print what deletions take instead.")] = False,
) -> None:
    """Print every operation: who may call it, what it opens, and the doors that lead to it."""
    entries = _fields() if fields else _tools() if tools else _deletions() if deletions else _entries()
    if as_json:
        sys.stdout.write(json.dumps(entries, indent=2) + "\n")
        return
    if fields:
        shown = Table("field", "what it is", "doors", box=None, pad_edge=False)
        for entry in entries:
            shown.add_row(entry["field"], entry["description"], ", ".join(entry["doors"]))
        STDOUT.print(shown)
        return
    if tools:
        shown = Table("tool", "operation", "what it does", "", box=None, pad_edge=False)
        for entry in entries:
            marks = ("listed", "destructive")
            told = ", ".join(mark for mark in marks if entry[mark])
            shown.add_row(entry["tool"] or "", entry["operation"] or "", entry["description"], told)
        STDOUT.print(shown)
        return
    if deletions:
        shown = Table("deleted", "goes with it", "follows from", box=None, pad_edge=False)
        for entry in entries:
            shown.add_row(entry["deleted"], ", ".join(entry["takes"]), entry["follows"] or "")
        STDOUT.print(shown)
        return
    table = Table("operation", "caller, scope", "permission", "opens", "routes", box=None, pad_edge=False)
    for entry in entries:
        asked = ", ".join(part for part in (entry["caller"], entry["scope"]) if part)
        table.add_row(
            entry["field"], asked, entry["permission"] or "", entry["opens"] or "", "\n".join(entry["routes"])
        )
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


def _tools() -> list[dict[str, Any]]:
    """The tools, those that are listed first, then the operations that are none, with the reason."""
    from agents.tools.catalogue import LISTED, TOOLS
    from resolvers.catalogue import CATALOGUE
    from resolvers.kit.tool import why_no_tool

    names = [*LISTED, *(name for name in TOOLS if name not in LISTED)]
    return [
        {
            "tool": tool.name,
            "operation": None if tool.operation is None else tool.operation.name,
            "description": tool.description,
            "listed": tool.name in LISTED,
            "readOnly": tool.read_only,
            "destructive": tool.destructive,
            "schema": tool.schema,
        }
        for tool in map(TOOLS.__getitem__, names)
    ] + [
        {
            "tool": None,
            "operation": name,
            "description": f"No tool: {reason}.",
            "listed": False,
            "readOnly": operation.read_only,
            "destructive": False,
            "schema": None,
        }
        for name, operation in sorted(CATALOGUE.items())
        if (reason := why_no_tool(operation)) is not None
    ]


def _deletions() -> list[dict[str, Any]]:
    """What goes with each kind, in its order: by a step that is written or, where that `follows` from the model, by
    this key, and told of by this event."""
    from resolvers.deletion.plan import PLANS

    import_module("resolvers.account.delete")  # adds what goes with an account
    return [
        {"deleted": kind.title, "takes": [model.__name__ for model in step.models], "follows": step.follows}
        for kind, plan in PLANS.items()
        for step in plan
        if step.models
    ]


def _entries() -> list[dict[str, Any]]:
    from resolvers.catalogue import CATALOGUE
    from rest.app import TABLE
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
            "name": operation.name,
            "field": operation.name if operation.name in fields else f"({operation.name})",
            "caller": operation.caller.name.lower().replace("_", " "),
            "scope": None if operation.scope is None else operation.scope.value,
            "permission": None if operation.permission is None else operation.permission.name,
            "opens": None if operation.door is None else f"{operation.door.noun.name} by {operation.door.argument}",
            "readOnly": operation.read_only,
            "routes": routes.get(operation.name, []),
        }
        for _, operation in sorted(CATALOGUE.items())
    ]
