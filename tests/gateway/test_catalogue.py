"""`orrery catalogue` shows every operation with the doors that lead to it."""

import json
import re
from typing import Any

import pytest

from gateway.cli.catalogue import catalogue
from resolvers.catalogue import CATALOGUE
from rest.app import TABLE


@pytest.fixture
def entries(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    """What the command prints, by the names of operations."""
    catalogue(as_json=True)
    return {one["name"]: one for one in json.loads(capsys.readouterr().out)}


def test_every_operation_and_every_route_is_shown_once(entries: dict[str, dict[str, Any]]) -> None:
    assert entries.keys() == CATALOGUE.keys()
    shown = [route for one in entries.values() for route in one["routes"]]
    assert sorted(shown) == sorted(f"{route.method} {route.path}" for route in TABLE)


def test_an_operation_is_shown_with_what_it_asks_and_opens(entries: dict[str, dict[str, Any]]) -> None:
    assert entries["labelUpdate"] == {
        "name": "labelUpdate",
        "field": "labelUpdate",
        "caller": "signed in",
        "scope": "projects:write",
        "permission": "delivery.write",
        "opens": "Label by id",
        "readOnly": False,
        "routes": ["PATCH /orgs/{orgSlug}/workspaces/{wsSlug}/projects/{projectId}/labels/{labelId}"],
    }


def test_what_has_no_field_of_the_graph_is_shown_in_parentheses(capsys: pytest.CaptureFixture[str]) -> None:
    catalogue()
    printed = capsys.readouterr().out
    assert "(label)" in printed
    assert "labelUpdate" in printed


def test_a_field_is_shown_with_its_doors(capsys: pytest.CaptureFixture[str]) -> None:
    catalogue(as_json=True, fields=True)
    fields = {one["field"]: one for one in json.loads(capsys.readouterr().out)}

    assert fields["Card.archived"] == {
        "field": "Card.archived",
        "description": "Whether it is taken out of sight.",
        "doors": ["graph", "rest", "update", "filter", "transfer", "tool"],
    }


def test_what_goes_with_a_deletion_is_shown_with_what_it_follows_from(capsys: pytest.CaptureFixture[str]) -> None:
    catalogue(as_json=True, deletions=True)
    entries = json.loads(capsys.readouterr().out)

    assert {"deleted": "Workspace", "takes": ["Label"], "follows": "workspace_id"} in entries
    assert {"deleted": "Project", "takes": ["Label"], "follows": "project_id, LabelDeleted"} in entries
    assert {"deleted": "Project", "takes": ["Comment"], "follows": None} in entries
    assert {"deleted": "User", "takes": ["Avatar"], "follows": None} in entries


def test_deletions_are_shown_as_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    catalogue(deletions=True)

    assert re.search(r"^Project +Label +project_id, LabelDeleted", capsys.readouterr().out, re.MULTILINE)
