"""Every collection is one that a deletion takes, or one with a reason why not."""

from collections.abc import Sequence
from typing import Annotated, Any

import pytest
from beanie import PydanticObjectId
from pymongo import ASCENDING, IndexModel

from models import DOCUMENTS, Mission
from models.base import Recorded
from models.ids import Kind
from realtime.events import EVENTS, Event, Id, Shown
from resolvers.account import delete as _registers_accounts
from resolvers.deletion import below
from resolvers.deletion.below import GOES_OTHERWISE
from resolvers.deletion.cascade import Step, rows
from resolvers.deletion.cascade_parts import leave_inputs
from resolvers.deletion.plan import HISTORIES, LASTING, PLANS

assert _registers_accounts


class InWorkspace(Recorded[Any]):
    """What a noun of a workspace is at least."""

    workspace_id: PydanticObjectId

    class Settings:
        indexes = (IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),)


class InProject(InWorkspace):
    """What a noun of a project is at least."""

    project_id: PydanticObjectId

    class Settings:
        indexes = (*InWorkspace.Settings.indexes, IndexModel([("project_id", ASCENDING), ("name", ASCENDING)]))


class PerhapsInProject(InWorkspace):
    """What may be about a project, and outlives it."""

    project_id: PydanticObjectId | None = None

    class Settings:
        indexes = InProject.Settings.indexes


class NotFound(Recorded[Any]):
    """What is in a project, and is not found by that."""

    workspace_id: PydanticObjectId
    project_id: PydanticObjectId

    class Settings:
        indexes = (IndexModel([("name", ASCENDING), ("project_id", ASCENDING)]),)


class Ended(Event, abstract=True):
    """Something was deleted."""

    deleted_id: Annotated[Id, Shown("Its id.")]


class CountedEnd(Ended, abstract=True):
    """Something was deleted, and others were counted."""

    count: Annotated[int, Shown("How many are left.")]


@pytest.fixture
def collections(monkeypatch: pytest.MonkeyPatch) -> None:
    """The models of this file and no others."""
    monkeypatch.setattr(below, "DOCUMENTS", [InWorkspace, InProject, PerhapsInProject, NotFound])


def models(steps: Sequence[Step]) -> list[str]:
    return [model.__name__ for step in steps for model in step.models]


def taken(kind: Kind) -> set[type[Recorded[Any]]]:
    return {model for step in PLANS[kind] for model in step.models}


def test_a_workspace_takes_every_collection_but_those_with_a_reason() -> None:
    missing = {model.__name__ for model in set(DOCUMENTS) - taken(Kind.WORKSPACE) - GOES_OTHERWISE.keys()}
    assert missing == set(), "give it an index by what it is in, enter it into a plan, or say why it stays"


def test_a_project_takes_all_of_a_workspace_that_names_a_project() -> None:
    inside = {model for model in taken(Kind.WORKSPACE) if {"project_id", "project_ids"} & model.model_fields.keys()}
    tells_only = {"Invitation", "Mission", "ProjectDraft", "TransferJob", "Tombstone", "UsageRecord"}
    assert {model.__name__ for model in inside - taken(Kind.PROJECT)} == tells_only


def test_a_scope_and_a_column_take_all_that_names_them() -> None:
    tells_only = {Mission}  # where it began
    for kind, key in ((Kind.SCOPE, "scope_id"), (Kind.COLUMN, "column_id")):
        inside = {model for model in DOCUMENTS if key in model.model_fields} - tells_only
        assert inside <= taken(kind), key


def test_an_account_takes_all_that_is_a_persons_alone() -> None:
    closed_at_once = {"Session", "ApiToken", "OAuthGrant", "OAuthCode", "MailLink", "Identity"}
    of_others = {"ProjectMember", "Agent", "Tombstone", "UsageRecord"}
    inside = {model for model in DOCUMENTS if "user_id" in model.model_fields}
    assert {model.__name__ for model in inside - taken(Kind.USER)} == closed_at_once | of_others


def test_what_is_in_a_workspace_goes_with_it_by_its_model(collections: None) -> None:
    steps = below.with_all_below("workspace_id", ())

    assert models(steps) == ["InWorkspace", "InProject", "PerhapsInProject"]
    assert {(step.follows, step.is_silent) for step in steps} == {("workspace_id", True)}


def test_what_is_always_in_a_project_goes_with_it(collections: None) -> None:
    assert models(below.with_all_below("project_id", (), is_told=True)) == ["InProject"]


def test_a_step_that_is_written_takes_the_place_of_one_that_follows(collections: None) -> None:
    first, last = rows(InProject, "workspace_id", also=leave_inputs), rows(PerhapsInProject, "workspace_id")

    steps = below.with_all_below("workspace_id", (first,), (last,))

    assert (models(steps), steps[0], steps[-1]) == (["InProject", "InWorkspace", "PerhapsInProject"], first, last)


def test_what_goes_otherwise_has_no_step(collections: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GOES_OTHERWISE, InWorkspace, "is looked at here")

    assert models(below.with_all_below("workspace_id", ())) == ["InProject", "PerhapsInProject"]


def test_the_event_of_a_deletion_tells_of_what_goes_with_a_project(
    collections: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EVENTS, "InProjectDeleted", Ended)

    [told] = below.with_all_below("project_id", (), is_told=True)
    [silent] = below.with_all_below("project_id", ())

    assert (told.follows, told.is_silent) == ("project_id, Ended", False)
    assert (silent.follows, silent.is_silent) == ("project_id", True)


def test_an_event_that_takes_more_than_an_id_asks_for_a_step(
    collections: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(EVENTS, "InProjectDeleted", CountedEnd)

    with pytest.raises(LookupError, match=r"^CountedEnd takes \['count', 'deleted_id'\]: a step of resolvers"):
        below.with_all_below("project_id", (), is_told=True)


def test_every_plan_that_lasts_is_there() -> None:
    assert HISTORIES <= LASTING <= PLANS.keys()
