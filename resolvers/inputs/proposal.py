"""Inputs of the operations on proposals."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from models.errors import BadUserInput
from models.json import check_json
from models.limits import Text
from resolvers.kit.input import Flag, Input, MissionId, Prose, WorkspaceId

MAX_REASON = 2_000
MAX_EXPLANATION = 500

Reason = Annotated[str, Text(0, MAX_REASON), Prose]
Revision = Annotated[int, Field(strict=True, ge=1, lt=2**31)]


def _object(value: Any) -> Any:
    if not isinstance(value, dict):
        raise PydanticCustomError("dict_type", "must be an object")
    try:
        return check_json(value, field="")
    except BadUserInput as error:
        raise PydanticCustomError("json", "{reason}", {"reason": error.message}) from error


JsonObject = Annotated[Any, AfterValidator(_object)]


class ProposalCreate(Input):
    """Something to be decided on.

    `action` is the name of a tool or of an operation, in any case; anything else can be decided on, and is not done.
    """

    workspace_id: WorkspaceId = Field(description="The workspace that it is about.")
    mission_id: MissionId | None = Field(None, description="The mission that it came up in.")
    action: Annotated[str, Text(1, 100)] = Field(description="What would be done: a tool, an operation, or any words.")
    arguments: JsonObject = Field(default_factory=dict, description="With what: the arguments of the tool.")
    explanation: Annotated[str, Text(0, MAX_EXPLANATION), Prose] | None = Field(
        None, description="Why, in at most 500 characters."
    )


class ProposalUpdate(Input):
    """With what else something is done, if it is."""

    arguments: JsonObject = Field(description="All arguments, in place of those that were proposed.")
    revision: Revision | None = Field(None, description="The revision that was looked at; another is refused.")


class ProposalApprove(Input):
    """A decision for a proposal."""

    revision: Revision | None = Field(None, description="The revision that was looked at; another is refused.")
    reason: Reason | None = Field(None, description="Why, which its agent is told.")


class ProposalReject(Input):
    """A decision against a proposal."""

    reason: Reason | None = Field(None, description="Why, which its agent is told.")


class ProposalReview(Input):
    """A decision on a proposal, which is not done yet."""

    approved: Flag = Field(description="Whether it is to be done.")
    revision: Revision | None = Field(None, description="The revision that was looked at; another is refused.")
    reason: Reason | None = Field(None, description="Why, which its agent is told.")


class ProposalBatchDecide(Input):
    """A decision on several proposals."""

    approved: Flag = Field(description="Whether they are to be done, which they are at once.")
    reason: Reason | None = Field(None, description="Why, which their agents are told.")
