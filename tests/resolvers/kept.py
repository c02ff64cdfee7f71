"""A look at whether what is kept of cards was told of all that changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from bson import ObjectId

from models import Card, CardFacts, CardFactsBlock, Lane, Project
from models.base import collection
from models.card import KEPT_FIELDS, CardPair
from models.records import CardRecord
from realtime.log import Change
from resolvers.lane import blocks as lane_blocks
from resolvers.lane import card_facts_keep, card_kept
from resolvers.lane.blocks import LaneKey, entry_of, is_open, key_of
from resolvers.lane.card_facts import packed

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

    async def check(self, then: Sequence[CardRecord]) -> None:
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


async def check_lanes(project_id: ObjectId | None = None) -> None:
    """What is stored of lanes is what a look at their cards finds, and all of it is of projects that exist."""
    inside = {} if project_id is None else {"project_id": project_id}
    project_ids = {project["_id"] for project in await collection(Project).find({}, {"_id": 1}).to_list()}
    cards: dict[LaneKey, list[str]] = {}
    for card in await collection(Card).find(inside).to_list():
        cards.setdefault(key_of(card), []).append(entry_of(card))
    lanes = await collection(Lane).find(inside).to_list()
    blocks = {one["_id"]: one for one in lanes if one["lane_id"] is not None}
    stored: dict[ObjectId, list[str]] = {}
    for lane in (one for one in lanes if one["lane_id"] is None):
        assert lane["project_id"] in project_ids
        assert {blocks[one]["lane_id"] for one in lane["blocks"]} <= {lane["_id"]}
        parts = [blocks.pop(one)["entries"] for one in lane["blocks"]]
        assert lane["firsts"] == [part[0].removesuffix(" -") for part in parts]
        assert lane["sizes"] == [len(part) for part in parts]
        assert lane["opens"] == [sum(map(is_open, part)) for part in parts]
        stored[lane["_id"]] = found = [*lane["entries"], *(entry for part in parts for entry in part)]
        assert (lane["open"], lane["archived"]) == (sum(map(is_open, found)), len(found) - sum(map(is_open, found)))
        assert max(map(len, (lane["entries"], *parts))) <= lane_blocks.BLOCK
    assert blocks == {}
    assert {one: entries for one, entries in stored.items() if entries} == {
        key.id: sorted(entries) for key, entries in cards.items()
    }


async def forget_lanes(project_id: ObjectId) -> None:
    """As if the lanes of a project had never been stored: for a test that writes its cards itself."""
    await collection(Lane).delete_many({"project_id": project_id})


async def check_facts(project_id: ObjectId | None = None) -> None:
    """What is stored of the facts of cards is what their records say, and all of it is of projects that exist."""
    inside = {} if project_id is None else {"project_id": project_id}
    project_ids = {project["_id"] for project in await collection(Project).find({}, {"_id": 1}).to_list()}
    cards: dict[ObjectId, dict[str, bytes]] = {}
    for card in await collection(Card).find(inside).to_list():
        cards.setdefault(card["project_id"], {})[str(card["_id"])] = packed(card)
    blocks = {block["_id"]: block for block in await collection(CardFactsBlock).find(inside).to_list()}
    heads = await collection(CardFacts).find({} if project_id is None else {"_id": project_id}).to_list()
    assert project_id is None or heads or not cards
    for head in heads:
        assert head["_id"] in project_ids
        parts = [blocks.pop(one) for one in head["blocks"]]
        assert {(part["project_id"], part["workspace_id"]) for part in parts} <= {(head["_id"], head["workspace_id"])}
        assert all(0 < len(part["rows"]) <= card_facts_keep.BLOCK for part in parts)
        bounds = [(str(first), str(last)) for first, last in pairwise([*head["firsts"][1:], ObjectId(b"\xff" * 12)])]
        for (first, last), part in zip(bounds, parts[1:], strict=True):
            assert all(first <= one < last for one in part["rows"])
        assert {one: row for part in parts for one, row in part["rows"].items()} == cards.get(head["_id"], {})
    assert blocks == {}


async def forget_facts(project_id: ObjectId) -> None:
    """As if the facts of a project had never been stored: for a test that writes its cards itself."""
    await collection(CardFacts).delete_one({"_id": project_id})
    await collection(CardFactsBlock).delete_many({"project_id": project_id})


def _kept(card: CardRecord | None) -> Kept:
    return None if card is None else {name: card.get(name) for name in KEPT_FIELDS}
