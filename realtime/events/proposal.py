"""Events of proposals."""

from typing import Annotated, Any

from models.enums import TokenScope
from models.records import ProposalRecord
from realtime.events.base import Event, Shown, Topic

LARGE = ("arguments", "edited_arguments", "changes", "said")
"""What an event leaves out of a proposal: whoever shows it reads them (`resolvers.proposal.graph`)."""


class ProposalEvent(
    Event, topics=(Topic.WORKSPACE, Topic.MISSION), token_scope=TokenScope.PILOTAGE_READ, abstract=True
):
    """An event that carries a proposal; routed by its mission's id."""

    proposal: Annotated[ProposalRecord, Shown("The proposal as it was then.")]

    def model_post_init(self, _: Any) -> None:
        told = {name: value for name, value in self.proposal.items() if name not in LARGE}
        object.__setattr__(self, "proposal", told)
        object.__setattr__(self, "mission_id", self.proposal["mission_id"])


class ProposalCreated(ProposalEvent):
    """An agent, or a person, proposed something."""


class ProposalUpdated(ProposalEvent):
    """A proposal was changed, decided on, applied or withdrawn."""
