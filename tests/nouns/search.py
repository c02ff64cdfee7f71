"""The search of a workspace."""

from tests.rest.conftest import made
from tests.rest.story import Cast, ask_orkosi
from tests.world.paths import ORKOSI, WORKSPACE
from tests.world.sample import Sample, sent


async def orkosi_story(cast: Cast) -> None:
    await made(cast.ann, f"{cast.path}/cards", title="Light the lamp")
    found = await ask_orkosi(cast.ann, "GET", f"{cast.orkosi}/search?q=lamp")
    assert "Light the lamp" in [task["title"] for task in found["tasks"]]


SAMPLE = Sample(
    calls={
        "search": lambda ids: (ids["workspace"], "first"),
    },
    routes={
        ("GET", WORKSPACE + "/search"): sent(q="first"),
        ("GET", ORKOSI + "/search"): sent(q="launch"),
    },
    orkosi_story=orkosi_story,
)
