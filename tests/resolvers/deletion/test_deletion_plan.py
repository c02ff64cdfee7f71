"""Every collection is one that a deletion takes, or one with a reason why not."""

from typing import Any

from models import DOCUMENTS, Mission
from models.base import Recorded
from models.ids import Kind
from resolvers.account import delete as _registers_accounts
from resolvers.deletion.plan import GOES_OTHERWISE, HISTORIES, LASTING, PLANS

assert _registers_accounts


def taken(kind: Kind) -> set[type[Recorded[Any]]]:
    return {model for step in PLANS[kind] for model in step.models}


def test_a_workspace_takes_every_collection_but_those_with_a_reason() -> None:
    missing = {model.__name__ for model in set(DOCUMENTS) - taken(Kind.WORKSPACE) - GOES_OTHERWISE.keys()}
    assert missing == set(), "enter it into the plans of what it stands below, or say why it stays"


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


def test_every_plan_that_lasts_is_there() -> None:
    assert HISTORIES <= LASTING <= PLANS.keys()
