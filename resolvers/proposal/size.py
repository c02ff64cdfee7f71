"""What a proposal counts for in the storage of its workspace."""

import bson

from models.records import ProposalRecord


def size_of(proposal: ProposalRecord) -> int:
    """The bytes that it is kept in, as it was made."""
    return len(bson.encode({name: proposal[name] for name in ("arguments", "changes", "explanation")}))
