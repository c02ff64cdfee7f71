"""Cards as tasks that are filed, found and handed on."""

from typing import Any

import httpx

from models.card_enums import CardStage
from resolvers.inputs.card import CardRevise
from resolvers.inputs.filing import CardNext, CardSearch, CardSubmit
from tests.rest.story import Cast, ask_orkosi
from tests.world.paths import ORKOSI
from tests.world.sample import Sample, sent

TASKS = ORKOSI + "/tasks"
PUBLIC = ORKOSI + "/v1/public/tasks"


async def orkosi_story(cast: Cast) -> None:
    ann, base = cast.ann, cast.orkosi
    product = await ask_orkosi(ann, "POST", base + "/products", 201, name="Microscope")
    sent = {"product_slug": product["slug"], "assignee": "me"}
    await _tasks(ann, base + "/tasks", sent, {"product": product["slug"]})
    public = {"product_id": product["id"]}
    await _tasks(ann, base + "/v1/public/tasks", {**public, "assigned_to": "me"}, public)
    assert (await ann.get(base + "/v1/public/health")).json()["status"] == "ok"


async def _tasks(client: httpx.AsyncClient, tasks: str, about: dict[str, Any], shown: dict[str, Any]) -> None:
    task = await ask_orkosi(client, "POST", tasks, 201, title=f"Polish at {tasks}", **about)
    assert task.items() >= shown.items()
    assert await ask_orkosi(client, "GET", f"{tasks}/{task['id']}") == task
    assert task in await ask_orkosi(client, "GET", tasks + "?status=todo&priority=P2")
    done = await ask_orkosi(client, "PATCH", f"{tasks}/{task['id']}", status="done", resolution="Shines")
    assert (done["status"], done["completed_at"] is None) == ("done", False)
    assert (await ask_orkosi(client, "DELETE", f"{tasks}/{task['id']}"))["id"] == task["id"]


SAMPLE = Sample(
    after=("project",),
    places={"taskNumber": "card"},
    calls={
        "cardSubmit": lambda ids: (
            CardSubmit.of(
                workspace_id=ids["workspace"], title="Filed", project=str(ids["project"]), stage=CardStage.REVIEW
            ),
        ),
        "workspaceCards": lambda ids: (
            CardSearch(
                workspace_id=ids["workspace"], stages=[CardStage.TODO], project=str(ids["project"]), assignee="me"
            ),
        ),
        "nextCard": lambda ids: (CardNext(workspace_id=ids["workspace"], project=str(ids["project"]), assignee="me"),),
        "cardRevise": lambda ids: (ids["card"], CardRevise.of(title="Other", stage=CardStage.CANCELLED)),
    },
    routes={
        ("GET", TASKS): sent(status="todo", q="First"),
        ("POST", TASKS): sent(title="More"),
        ("GET", TASKS + "/{taskNumber}"): None,
        ("PATCH", TASKS + "/{taskNumber}"): sent(status="review"),
        ("DELETE", TASKS + "/{taskNumber}"): None,
        ("GET", ORKOSI + "/v1/public/health"): None,
        ("GET", PUBLIC): sent(priority="high"),
        ("POST", PUBLIC): sent(title="More"),
        ("GET", PUBLIC + "/{taskNumber}"): None,
        ("PATCH", PUBLIC + "/{taskNumber}"): sent(resolution="Done"),
        ("DELETE", PUBLIC + "/{taskNumber}"): None,
    },
    orkosi_story=orkosi_story,
)
