"""Products: the projects of a workspace, by their slugs."""

from typing import Annotated

from bson import ObjectId

from models.card_enums import ProjectStatus
from models.errors import NotFound
from models.json import check_text
from models.limits import DOMAIN, HEX_COLOR, MARKDOWN, TAGLINE, Text
from models.records import ProjectRecord
from resolvers.filing.project_word import find_project
from resolvers.inputs.project import ProjectCreate, ProjectUpdate
from resolvers.kit.input import Name, NotNull, Prose, Slug
from resolvers.kit.nouns import PROJECT
from resolvers.kit.slugs import INBOX
from resolvers.project.project import create_project, get_project, list_projects, update_project
from rest.orkosi.bodies import Body, Query
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.paging import whole_of
from rest.orkosi.present.product import ProductData, product, products
from rest.orkosi.task_words import ProductStatus, ProductStatuses
from rest.orkosi.workspace import workspace_of
from rest.routing import Call

routes = orkosi_routes(
    "products", "/products", about="Products, which are projects, by their slugs.", place=170, tag_place=200
)

Details = Annotated[str, MARKDOWN, Prose]
HexColor = Annotated[str, HEX_COLOR]
Tagline = Annotated[str, TAGLINE]
Domain = Annotated[str, DOMAIN]


class ProductQuery(Query):
    """Which products. `status` is some of theirs with commas between them, `q` a part of the name, the slug, the
    tagline or the description."""

    status: ProductStatuses | None = None
    q: Annotated[str, Text(1, 200)] | None = None
    slug: Annotated[str, Text(1, 60)] | None = None


class _Values(Body):
    tagline: Tagline | None = None
    description: Details | None = None
    domain: Domain | None = None
    brand_color: HexColor | None = None
    accent_color: HexColor | None = None


class ProductBody(_Values):
    """A new product; its slug is made of its name without one."""

    name: Name
    slug: Slug | None = None
    status: ProductStatus = ProjectStatus.ACTIVE


class ProductChange(_Values):
    """What changes of a product. What is left out stays as it is, and null clears what can be empty."""

    name: Annotated[Name | None, NotNull] = None
    slug: Annotated[Slug | None, NotNull] = None
    status: Annotated[ProductStatus | None, NotNull] = None


@routes.get("", "List products", runs=list_projects, query=ProductQuery, names_object=True)
async def find(call: Call) -> list[ProductData]:
    """The oldest first. The inbox is none."""
    query = call.query(ProductQuery)
    records = await list_projects(call.ctx, await workspace_of(call))
    return await products(call.ctx, whole_of(call, [record for record in records if _fits(record, query)]))


@routes.post("", "Create a product", runs=create_project, body=ProductBody, names_object=True)
async def create(call: Call) -> ProductData:
    """409 for a slug that another product of the workspace has."""
    values = ProjectCreate.of(workspace_id=await workspace_of(call), **call.body(ProductBody).model_dump())
    return await product(call.ctx, (await create_project(call.ctx, values)).value)


@routes.get("/{productSlug}", "Read a product", runs=get_project)
async def get(call: Call) -> ProductData:
    return await product(call.ctx, await get_project(call.ctx, await _product_id(call)))


@routes.patch("/{productSlug}", "Change a product", runs=update_project, body=ProductChange)
async def update(call: Call) -> ProductData:
    """409 for a slug that another product of the workspace has."""
    values = ProjectUpdate.of(**call.body(ProductChange).given())
    return await product(call.ctx, (await update_project(call.ctx, await _product_id(call), values)).value)


async def _product_id(call: Call) -> ObjectId:
    """The id of the product of the path, by its slug or its id; raises NotFound."""
    slug = check_text(call.path["productSlug"], field="productSlug")
    found = await find_project(call.ctx, await workspace_of(call), slug)
    if found.get("slug") == INBOX:
        raise NotFound(PROJECT.title)
    return ObjectId(found["_id"])


def _fits(record: ProjectRecord, query: ProductQuery) -> bool:
    if record.get("slug") == INBOX or (query.slug is not None and record.get("slug") != query.slug):
        return False
    if query.status is not None and record.get("status", ProjectStatus.ACTIVE) not in query.status:
        return False
    texts = (str(record.get(name) or "") for name in ("name", "slug", "tagline", "description"))
    return query.q is None or any(query.q.casefold() in text.casefold() for text in texts)
