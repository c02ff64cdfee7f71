"""Contracts of Orkosi's tasks and products."""

from typing import Any

from tests.rest.contract.contract import (
    MALFORMED,
    MEMBER,
    STRANGER,
    Contract,
    Ref,
    Refused,
    Then,
    bad,
    unknown,
    without,
)
from tests.rest.contract.orkosi import data, gone, page
from tests.rest.contract.shape import COUNT, LIST, TEXT, TIME, Having, maybe, one_of
from tests.rest.contract.stage import Stage
from tests.world.paths import ORKOSI

TASKS = ORKOSI + "/tasks"
TASK = TASKS + "/{taskNumber}"
PUBLIC = ORKOSI + "/v1/public/tasks"
PUBLIC_TASK = PUBLIC + "/{taskNumber}"
PRODUCTS = ORKOSI + "/products"
PRODUCT = PRODUCTS + "/{productSlug}"
STATUS = one_of("todo", "in_progress", "review", "blocked", "done", "cancelled")
PARTS: dict[str, Any] = {
    "id": COUNT,
    "title": TEXT,
    "status": STATUS,
    "type": maybe(TEXT),
    "created_at": TIME,
    "updated_at": TIME,
    "blocked_by": LIST,
    "blocks": LIST,
}
TASK_SHAPE = {**PARTS, "priority": one_of("P0", "P1", "P2", "P3"), "product": maybe(TEXT)}
PUBLIC_SHAPE = {**PARTS, "priority": one_of("critical", "high", "medium", "low"), "product_id": maybe(COUNT)}
FIRST = {"title": "First", "status": "todo", "blocks": ({"id": COUNT, "title": TEXT, "status": STATUS},)}
PRODUCT_SHAPE = {
    "id": COUNT,
    "slug": TEXT,
    "name": TEXT,
    "status": "active",
    "task_count": COUNT,
    "created_at": TIME,
    "updated_at": TIME,
}
NO_NUMBER = bad("task_number", path={"taskNumber": "nonsense"})
NO_PRODUCT = unknown(productSlug="no-such-product")


async def _filed(stage: Stage) -> None:
    await stage.made(TASKS, title="Fix login bug")


async def _cancelled(stage: Stage) -> None:
    await stage.send("DELETE", PUBLIC_TASK)


CONTRACTS = [
    Contract(
        method="GET",
        route=TASKS,
        params={"status": "todo,in_progress", "limit": "10", "assignee": "me", "next": "false"},
        answers=page(()),
        bad=bad("status", params={"status": "fridge"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=TASKS,
        sent={"title": "Fix login bug", "status": "in_progress", "priority": "P0", "assignee": "me", "shade": "blue"},
        answers=data(
            {
                **TASK_SHAPE,
                "title": "Fix login bug",
                "status": "in_progress",
                "priority": "P0",
                "assignee": TEXT,
                "tags": "",
                "product": None,
            },
            ignored_fields=("shade",),
        ),
        then=(Then(TASKS, page(Having({"title": "Fix login bug"}))),),
        bad=bad("assignee", sent={"title": "Fix login bug", "assignee": "nobody at all"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=TASK,
        answers=data({**TASK_SHAPE, **FIRST}),
        bad=NO_NUMBER,
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=TASK,
        sent={"status": "review", "priority": "low", "resolution": "Looked at", "estimated_minutes": 30},
        answers=data(
            {
                **TASK_SHAPE,
                "title": "First",
                "status": "review",
                "priority": "P3",
                "resolution": "Looked at",
                "estimated_minutes": 30,
            }
        ),
        then=(Then(TASK, data({"status": "review"})),),
        bad=bad("priority", sent={"priority": "P9"}),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=TASK,
        answers=gone(COUNT),
        then=(Then(TASK, {"error": {"code": "NOT_FOUND"}}, 404),),
        bad=NO_NUMBER,
        denied=MEMBER,
    ),
    Contract(
        method="GET",
        route=ORKOSI + "/v1/public/health",
        by=None,
        answers={"status": "ok", "version": TEXT},
        bad=MALFORMED,
        denied=MALFORMED,
    ),
    Contract(
        method="GET",
        route=PUBLIC,
        params={"status": "todo", "product_id": Ref("project")},
        answers=page([PUBLIC_SHAPE]),
        bad=bad("offset", params={"offset": "10001"}),
        denied=without("projects:read"),
    ),
    Contract(
        method="POST",
        route=PUBLIC,
        given=_filed,
        sent={"title": "Fix login bug", "type": "bug", "priority": "critical"},
        answers=data(
            {**PUBLIC_SHAPE, "title": "Fix login bug", "priority": "medium", "product_id": None}, deduplicated=True
        ),
        bad=bad("product_id", sent={"title": "Fix login bug", "product_id": 123456}),
        denied=without("projects:write"),
    ),
    Contract(
        method="GET",
        route=PUBLIC_TASK,
        answers=data({**PUBLIC_SHAPE, **FIRST, "product_id": COUNT}),
        bad=NO_NUMBER,
        denied=without("projects:read"),
    ),
    Contract(
        method="PATCH",
        route=PUBLIC_TASK,
        given=_cancelled,
        sent={"status": "todo", "type": "ops", "assigned_to": "me"},
        answers=data({**PUBLIC_SHAPE, "title": "First", "status": "todo", "type": "ops", "assigned_to": TEXT}),
        # What is cancelled goes back to todo first.
        bad=Refused(status=409, code="CONFLICT", sent={"status": "done"}, at="status"),
        denied=without("projects:write"),
    ),
    Contract(
        method="DELETE",
        route=PUBLIC_TASK,
        answers=data({**PUBLIC_SHAPE, "status": "cancelled"}),
        then=(Then(PUBLIC_TASK, data({"status": "cancelled"})),),
        bad=NO_NUMBER,
        denied=without("projects:write"),
    ),
    Contract(
        method="GET",
        route=PRODUCTS,
        params={"status": "active,building", "q": "LAUNCH"},
        answers=page(({**PRODUCT_SHAPE, "name": "Launch"},)),
        bad=bad("status", params={"status": "fridge"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=PRODUCTS,
        sent={"name": "My Product", "slug": "my-product", "tagline": "Yours", "status": "building"},
        answers=data(
            {**PRODUCT_SHAPE, "name": "My Product", "slug": "my-product", "status": "building", "tagline": "Yours"}
        ),
        then=(Then(PRODUCTS, page(Having({"slug": "my-product"}))),),
        bad=Refused(status=409, code="CONFLICT", sent={"name": "My Product", "slug": "launch"}, at="slug"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=PRODUCT,
        answers=data({**PRODUCT_SHAPE, "name": "Launch"}),
        bad=NO_PRODUCT,
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=PRODUCT,
        path={"productSlug": "launch"},
        sent={
            "tagline": "Up",
            "status": "live",
            "domain": "up.example",
            "brand_color": "#0a0b0c",
            "accent_color": "#ffffff",
        },
        answers=data({**PRODUCT_SHAPE, "tagline": "Up", "status": "live", "brand_color": "#0a0b0c"}),
        then=(Then(PRODUCT, data({"status": "live", "domain": "up.example"})),),
        bad=bad("brand_color", sent={"brand_color": "blue"}),
        denied=STRANGER,
    ),
]
