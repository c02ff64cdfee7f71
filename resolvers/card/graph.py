"""What can be reached from cards, and the cards that can be reached from a project, a scope or a column."""

from collections.abc import Mapping, Sequence
from itertools import chain, islice
from typing import Any

from models import Card, Label
from models.base import AnyRecord, collection
from models.card_enums import CardStage
from models.enums import TokenScope
from models.ids import among, raw
from models.records import CardRecord, LabelRecord, ProjectRecord
from resolvers.column.stage import stage_of, stages_where
from resolvers.custom_field.custom_filter import card_order, definitions
from resolvers.kit.access import projection
from resolvers.kit.context import Context
from resolvers.kit.fields import sorted_by
from resolvers.kit.filters import card_filter
from resolvers.kit.load import by_ids, by_name, one_by
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import ACTIVITY, CARD, COMMENT
from resolvers.kit.operation import edge
from resolvers.kit.page import ListEdge, Page, Window, pages, pages_by
from resolvers.lane.card_place import places_of
from resolvers.lane.page import BY_RANK, column_pages
from resolvers.user.user import users_by

READ = TokenScope.PROJECTS_READ

Filter = Mapping[str, Any] | None
Orders = Sequence[Mapping[str, Any]] | None


async def _cards(
    parents: Sequence[AnyRecord],
    key: str,
    fields: Fields,
    first: int | None,
    after: str | None,
    filter: Filter,
    order_by: Orders,
) -> list[Page]:
    ids = [parent["_id"] for parent in parents]
    window = Window.read(first, after)
    projects = {parent["_id" if key == "project_id" else "project_id"] for parent in parents} if parents else set()
    custom = await definitions(projects, filter, order_by)
    sort, computed = card_order(order_by, sorted_by(Card), BY_RANK, custom)
    where = card_filter(filter, custom)
    found = await pages(Card, key, ids, window, sort=sort, computed=computed, where=where, fields=fields)
    return [found[object_id] for object_id in ids]


def cards_by(key: str) -> ListEdge:
    """The edge from records to the cards that carry their id under `key`."""

    @edge(scope=READ)
    async def cards_of(
        ctx: Context,
        parents: Sequence[AnyRecord],
        fields: Fields,
        *,
        first: int | None = None,
        after: str | None = None,
        filter: Filter = None,
        order_by: Orders = None,
    ) -> list[Page]:
        if key == "column_id" and not filter and not order_by:
            found = await column_pages(parents, Window.read(first, after), fields)
            return [found[parent["_id"]] for parent in parents]
        return await _cards(parents, key, fields, first, after, filter, order_by)

    return cards_of


cards_of_project = cards_by("project_id")
"""All cards of a project, those of its scopes included."""
cards_of_scope = cards_by("scope_id")
"""The cards of a scope."""
cards_of_column = cards_by("column_id")
"""The cards of a column, by their place."""


@edge(scope=READ)
async def order_of(ctx: Context, cards: Sequence[CardRecord], fields: Fields) -> list[int]:
    """A card's place among the open cards of its column, from 0."""
    return await places_of(cards)


@edge(scope=READ)
async def stage_of_cards(ctx: Context, cards: Sequence[CardRecord], fields: Fields) -> list[CardStage]:
    """How far a card is, by the column that it stands in: one query for the boards of all."""
    stages = await stages_where({"project_id": among(list({card["project_id"] for card in cards}))}) if cards else {}
    return [stage_of(card, stages) for card in cards]


assignee_of = users_by("assignee_id")
"""Who a card is assigned to."""


@edge(scope=READ)
async def labels_of(ctx: Context, cards: Sequence[CardRecord], fields: Fields) -> list[list[LabelRecord]]:
    """A card's labels, in the order they were put on."""
    lists = [card["label_ids"] for card in cards]
    ids = list(chain.from_iterable(lists))
    labels = {raw(label["_id"]): label for label in (await by_ids(Label, ids, fields)).values()}
    found = map(labels.get, map(raw, ids))
    return [[label for label in islice(found, len(label_ids)) if label is not None] for label_ids in lists]


comments_of = pages_by(COMMENT, "card_id")
"""A card's comments, oldest first."""


activity_of = pages_by(ACTIVITY, "card_id")
"""What happened to a card, oldest first."""


card_of = one_by(CARD, "card_id")
"""The card of each comment."""
author_of = users_by("author_id")
"""Who wrote a comment."""


@edge(scope=READ)
async def labels_of_project(ctx: Context, projects: Sequence[ProjectRecord], fields: Fields) -> list[list[LabelRecord]]:
    """A project's labels, by name."""
    ids = list({project["_id"] for project in projects})
    found = collection(Label).find({"project_id": {"$in": ids}}, projection(fields, "project_id", "name"))
    per_project: dict[Any, list[LabelRecord]] = {object_id: [] for object_id in ids}
    for label in sorted(await found.to_list(), key=by_name):
        per_project[label["project_id"]].append(label)
    return [per_project[project["_id"]] for project in projects]
