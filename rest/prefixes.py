"""Where the interfaces are mounted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prefixes:
    """The prefix of each interface but the one at the root; one whose prefix is empty is not there."""

    agent_board: str = "/api"
    orkosi: str = "/orkosi"


DEFAULT = Prefixes()
"""Where their clients look for them, unless settings say otherwise."""
