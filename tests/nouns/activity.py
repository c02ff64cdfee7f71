"""What has happened in a workspace."""

from models.enums import ActorType
from resolvers.inputs.activity import ActivityCreate
from resolvers.kit.page import Window
from tests.gateway.replay.state import nothing
from tests.rest.story import Cast, ask_orkosi
from tests.world.paths import ORKOSI
from tests.world.sample import Sample, sent

ACTIVITY_LOG = ORKOSI + "/activity-log"


async def orkosi_story(cast: Cast) -> None:
    client, log = cast.ann, f"{cast.orkosi}/activity-log"
    happened = {"action": "deploy.finished", "entity_type": "release", "entity_id": "7", "metadata": {"took": 3}}
    recorded = await ask_orkosi(client, "POST", log, 201, actor_type="user", actor_id="me", **happened)
    assert {**recorded, **happened} == recorded
    assert await ask_orkosi(client, "GET", f"{log}?action=deploy.finished&actor_type=user") == [recorded]
    assert (await ask_orkosi(client, "GET", f"{log}/stats"))["total"] > 1


SAMPLE = Sample(
    calls={
        "activities": lambda ids: (ids["workspace"], Window.read(), ActorType.USER, ids["user"], "card.moved"),
        "activityStats": lambda ids: (ids["workspace"],),
        "activityCreate": lambda ids: (
            ActivityCreate(workspace_id=ids["workspace"], actor_type=ActorType.USER, action="deploy.finished"),
        ),
    },
    makes_another={"activityCreate"},
    routes={
        ("GET", ACTIVITY_LOG): None,
        ("POST", ACTIVITY_LOG): sent(actor_type="user", actor_id="me", action="deploy.finished"),
        ("GET", ACTIVITY_LOG + "/stats"): None,
    },
    unseen={
        "activityCreate": "what happened is history, which no client keeps",
    },
    rules={"ActivityRecorded": ("activity { id }", nothing)},
    orkosi_story=orkosi_story,
)
