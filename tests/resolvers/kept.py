"""A look at whether what is kept of cards was told of all that changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from bson import ObjectId

from models import Card, Project
from models.base import Record, collection
from models.card import KEPT_FIELDS, CardPair
from realtime.log import Change
from resolvers import card_kept

Kept = dict[str, Any] | None


@dataclass
class Ledger:
    """What passed `keep`: the first record before and the last one after, of each card."""

    told: dict[ObjectId, tuple[Kept, Kept]] = field(default_factory=dict)

    async def note(self, _change: Change, pairs: Sequence[CardPair]) -> None:
        for before, after in pairs:
            card = before or after
            assert card is not None
            first, _ = self.told.get(card["_id"], (_kept(before), None))
            self.told[card["_id"]] = (first, _kept(after))

    async def check(self, then: Sequence[Record]) -> None:
        """Every card that is not what it was `then` has passed, as it was and as it is."""
        project_ids = {project["_id"] for project in await collection(Project).find({}, {"_id": 1}).to_list()}
        old = {card["_id"]: card for card in then}
        new = {card["_id"]: card for card in await collection(Card).find({}).to_list()}
        for one in old | new:
            before, after = _kept(old.get(one)), _kept(new.get(one))
            went_whole = after is None and before is not None and before["project_id"] not in project_ids
            if before != after and not went_whole:
                assert self.told.get(one) == (before, after)


def ledger_of(monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """A ledger that is told from now on."""
    ledger = Ledger()
    monkeypatch.setattr(card_kept, "KEEPERS", (*card_kept.KEEPERS, ledger.note))
    return ledger


def _kept(card: Record | None) -> Kept:
    return None if card is None else {name: card.get(name) for name in KEPT_FIELDS}
