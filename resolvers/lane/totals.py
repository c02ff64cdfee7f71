"""How many records lists have. Those of open cards are kept with their lanes."""

from collections.abc import Sequence

from bson import ObjectId

from models import Card
from resolvers.kit.load import counts
from resolvers.kit.page import Page
from resolvers.lane.store import OPEN, open_counts, open_totals


async def totals(pages: Sequence[Page]) -> list[int]:
    """How many records each page's whole list has: one query for all pages of one edge with the same arguments."""
    alike: dict[str, list[Page]] = {}
    found: dict[int, int] = {id(page): page.total for page in pages if page.total is not None}
    for page in pages:
        if page.total is not None:
            continue
        alike.setdefault(f"{page.model.__name__} {page.parent_key} {page.where!r}", []).append(page)
    for group in alike.values():
        page = group[0]
        per_parent = await _counts_of(page, [total.parent_id for total in group])
        found.update((id(total), per_parent.get(total.parent_id, 0)) for total in group)
    return [found[id(page)] for page in pages]


async def _counts_of(page: Page, parent_ids: Sequence[ObjectId]) -> dict[ObjectId, int]:
    """The totals of lists like a page's; those of open cards are kept."""
    if (
        page.model is Card
        and page.where == OPEN
        and page.parent_key in ("column_id", "project_id", "scope_id", "workspace_id")
    ):
        by_column = page.parent_key == "column_id"
        return await (open_counts(parent_ids) if by_column else open_totals(page.parent_key, parent_ids))
    return await counts(page.model, page.parent_key, parent_ids, page.where)
