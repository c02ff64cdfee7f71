"""One story that calls every route with success; the client holds each answer against the document.

Each noun tells its part (`tests.nouns`), dialect by dialect.
"""

import httpx

from rest.app import TABLE
from tests.rest.conftest import PASSWORD, Api, made
from tests.rest.story import Cast, set_up
from tests.world.samples import SAMPLES


async def test_every_route_answers_as_the_document_declares(api: Api) -> None:
    cast = await _cast(api)
    stories = [sample.story for sample in SAMPLES.values()]
    stories += [sample.board_story for sample in SAMPLES.values()]
    stories += [sample.orkosi_story for sample in SAMPLES.values()]
    for story in stories:
        if story is not None:
            await story(cast)

    assert {(route.method, route.path) for route in TABLE} - api.called == set()
    assert api.recorder.differences() == []


async def _cast(api: Api) -> Cast:
    """Ann's board as the fixture has it, made by requests, with a card; before her is who runs the installation."""
    await set_up(api)
    signed_in = await made(api.client(), "/auth/register", email="ann@example.com", password=PASSWORD, name="Ann")
    ann = api.client(signed_in["access_token"])
    await made(ann, "/organizations", name="Acme", slug="acme")
    await made(ann, "/orgs/acme/workspaces", name="Engineering", slug="eng")
    workspace = "/orgs/acme/workspaces/eng"
    project = await made(ann, f"{workspace}/projects", name="Launch")
    path = f"{workspace}/projects/{project['id']}"
    todo, done = [(await made(ann, f"{path}/columns", name=name))["id"] for name in ("To do", "Done")]
    card = (await made(ann, f"{path}/cards", title="On the board"))["id"]
    bob = await api.person("bob@example.com")
    return Cast(ann, await _id_of(ann), workspace, project["id"], path, todo, done, api, bob, card)


async def _id_of(person: httpx.AsyncClient) -> str:
    return str((await person.get("/auth/me")).json()["user"]["id"])
