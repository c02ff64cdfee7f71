"""Proposals."""

from typing import Any

from typing_extensions import TypedDict

import models
from models.records import ProposalRecord
from resolvers.proposal.graph import told_change
from rest.present import presents, shown


class ProposalChange(TypedDict):
    """What a proposal would change of an object: `before` is null for what would be made, `after` for what would be
    deleted."""

    id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@presents(models.Proposal)
class Proposal(TypedDict):
    """What an agent, or a person, would have done, which somebody decides on. `isExecutable`: it is done then."""

    changes: list[ProposalChange]
    isExecutable: bool


def proposal(record: ProposalRecord) -> Proposal:
    changes: list[ProposalChange] = [
        {"id": str(told["id"]), "before": told["before"], "after": told["after"]}
        for told in map(told_change, record["changes"])
    ]
    return {**shown(Proposal, record), "changes": changes, "isExecutable": record["operation"] is not None}
