"""What the scripted model of `orrery demo` says, turn by turn, to the mission that the gateway runs."""

from dataclasses import dataclass
from typing import Any

RUN_CARD = "Teach everyone to open the lamp safely"
RUN_PROMPT = "Write down what the hour of practice teaches, so that anybody can hold it."
THE_CARD = "<the card>"
"""Stands for the id of the card that the mission is about."""


@dataclass(frozen=True, slots=True)
class Said:
    """One turn of the scripted model: text, then calls of tools; other ones where people decided against the last."""

    text: str
    calls: tuple[tuple[str, dict[str, Any]], ...]
    calls_if_refused: tuple[tuple[str, dict[str, Any]], ...] = ()


def _plan(done: int) -> tuple[str, dict[str, Any]]:
    steps = ("Read the card", "Write down the hour, step by step", "Propose it as the card's description")
    return "plan", {"steps": [{"title": step, "done": place < done} for place, step in enumerate(steps)]}


HOUR = """1. **Look** (5 minutes): a whole lamp, an open one, a swollen cell behind glass.
2. **Switch off and wait** (5 minutes): the light is out for a minute before the first screw.
3. **Open** (20 minutes): four screws, the seal stays with the lid, nothing of metal near the cell.
4. **Close** (20 minutes): a new seal each time, then a glass of water over it.
5. **What if** (10 minutes): a warm cell goes into the sand outside, and nobody carries it twice."""

SCRIPT = (
    Said("Two steps and no word on what they teach. I read the card first, then I write the hour down.", (_plan(0),)),
    Said("", (("get_card", {"id": THE_CARD, "fields": ["title", "description", "checklist"]}),)),
    Said(
        "The handout is on its way, but whoever holds the hour has nothing to hold on to. Five parts fit into sixty "
        "minutes, the dangerous one last, when everybody has a lamp open in front of them. I propose them as the "
        "description of the card; changing it is for you to decide.",
        (_plan(2), ("update_card", {"id": THE_CARD, "description": HOUR})),
    ),
    Said(
        "That is all that the card was missing.",
        (
            _plan(3),
            ("comment", {"cardId": THE_CARD, "content": "The hour is described in five parts, as you approved."}),
            ("finish", {"summary": "The card says what the hour of practice teaches, in five parts."}),
        ),
        (("finish", {"summary": "The card stays as it was: you decided against the description."}),),
    ),
)
