"""Proposals as the pilotage tells of them: actions that were suggested."""

from collections.abc import Mapping
from typing import Any, Literal

from typing_extensions import TypedDict

import models
from models.enums import ProposalStatus
from models.records import ProposalRecord
from rest.present import plain, presents, shown
from rest.stellary.present.proposal import ProposalChange
from rest.stellary.present.proposal import proposal as present_proposal

ActionWord = Literal["suggested", "approved", "rejected", "applied"]

WORDS: Mapping[ProposalStatus, ActionWord] = {
    ProposalStatus.PENDING: "suggested",
    ProposalStatus.APPROVED: "approved",
    ProposalStatus.FAILED: "approved",
    ProposalStatus.APPLIED: "applied",
    ProposalStatus.REJECTED: "rejected",
    ProposalStatus.WITHDRAWN: "rejected",
    ProposalStatus.EXPIRED: "rejected",
}
"""What was approved and could not be done keeps that word, with an `error`; what nobody can decide on any more is
rejected, without anybody in `decidedBy`."""


@presents(models.Proposal, without=("tool", "arguments", "edited_arguments", "digest", "depends_on"))
class PilotageAction(TypedDict):
    """Something that was suggested, which somebody decides on. One that is not `executable` is recorded alone.

    `changes` are what it would change; after an edit of what it does, `payload` is what was suggested at first.
    """

    actionType: str
    status: ActionWord
    payload: dict[str, Any]
    executable: bool
    changes: list[ProposalChange]


def action(record: ProposalRecord) -> PilotageAction:
    as_proposal = present_proposal(record)
    said = record.get("said")
    return {
        **shown(PilotageAction, record),
        "actionType": record["tool"] if said is None else said["action"],
        "status": WORDS[ProposalStatus(record["status"])],
        "payload": plain(record["arguments"]) if said is None else said["arguments"],
        "executable": as_proposal["isExecutable"],
        "changes": as_proposal["changes"],
    }
