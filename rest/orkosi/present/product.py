"""Products, which are projects of a workspace."""

from collections.abc import Sequence

from typing_extensions import TypedDict

from models.base import timestamp
from models.records import ProjectRecord
from resolvers.kit.context import Context
from resolvers.project.project import card_count_of
from rest.orkosi.present.show import Timestamp
from rest.orkosi.task_words import ProductStatusWord, number_of, product_word


class ProductData(TypedDict):
    """A product. `task_count` is how many tasks it has that are not archived."""

    id: int
    slug: str
    name: str
    tagline: str | None
    description: str | None
    status: ProductStatusWord
    domain: str | None
    brand_color: str | None
    accent_color: str | None
    deadline: Timestamp | None
    task_count: int
    created_at: Timestamp
    updated_at: Timestamp


async def products(ctx: Context, records: Sequence[ProjectRecord]) -> list[ProductData]:
    counts = await card_count_of(ctx, records, None)
    return [_product(record, count) for record, count in zip(records, counts, strict=True)]


async def product(ctx: Context, record: ProjectRecord) -> ProductData:
    return (await products(ctx, [record]))[0]


def _product(record: ProjectRecord, task_count: int) -> ProductData:
    return {
        "id": number_of(record),
        "slug": record["slug"] or "",
        "name": record["name"],
        "tagline": record.get("tagline"),
        "description": record["description"],
        "status": product_word(record.get("status")),
        "domain": record.get("domain"),
        "brand_color": record.get("brand_color"),
        "accent_color": record.get("accent_color"),
        "deadline": timestamp(record["deadline"]) if record["deadline"] else None,
        "task_count": task_count,
        "created_at": timestamp(record["created_at"]),
        "updated_at": timestamp(record["updated_at"]),
    }
