"""The denial matrix over the REST routes: every route, every caller; a refusal changes nothing."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from auth.authenticate import authenticate
from gateway.database import Database
from models.errors import NotFound, OrreryError
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller
from rest.app import TABLE, build_routes
from serving.cookies import CookieScope
from tests.denials.expect import BEYOND, CALLERS, refusal, token_of
from tests.denials.fingerprint import fingerprint
from tests.denials.test_foreign import absent
from tests.denials.test_time import Command, commands
from tests.rest.told import told
from tests.world.paths import in_workspace
from tests.world.samples import BODIES, PLACES, every, table
from tests.world.world import Ids, World

RUNS = {(route.method, route.path): route.operation for route in TABLE}
Told = tuple[int, str, list[Command]]
"""The status of an answer, what it says where that is a refusal, and the commands until then."""
WITH_FILE = {(route.method, route.path) for route in TABLE if route.file is not None}


ANSWERS = table(lambda sample: sample.answers)
"""What those who may call it are answered, where that is not 200."""

BY_WORKSPACE = every(lambda sample: sample.by_workspace)
"""Routes about the organization of the address's workspace: whoever is not in that finds nothing there."""


def path_of(template: str, ids: Ids) -> str:
    """The path of a route for the world's objects."""
    template = in_workspace(template)
    # Of the tenants it is the owner, whom no other caller may remove: a member may leave by its own request.
    user = "member_id" if "/projects/" in template else "user"
    named = {name: ids.get(place) for name, place in PLACES.items()}
    named |= {"email": "nobody@example.com", "filename": ids["backup_name"]}
    named |= {"orgSlug": ids["org_slug"], "wsSlug": ids["workspace_slug"], "userId": ids[user]}
    named["id"] = ids.get("notification") if template.startswith("/notifications") else ids["token"]
    return template.format(**named)


def test_every_route_is_in_the_matrix() -> None:
    assert {(route.method, route.path) for route in TABLE} == BODIES.keys()


@pytest.fixture(scope="module")
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """The REST routes in front of the world."""
    services = world.owner.services

    async def make_context(request: Request) -> Context:
        header = request.headers.get("authorization")
        return Context(await authenticate(services.signer, authorization=header, cookie=None), services)

    app = Starlette(routes=build_routes(make_context, cookies=CookieScope()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as opened:
        yield opened


def sent(route: tuple[str, str], ids: Ids) -> dict[str, Any]:
    """What a request of a route brings beside its path."""
    if route in WITH_FILE:
        return {"files": {"file": ("more.txt", b"More")}}
    body = BODIES[route]
    return {"params" if route[0] == "GET" else "json": body(ids) if body else None}


@pytest.mark.parametrize("route", sorted(BODIES), ids=" ".join)
async def test_a_route_refuses_as_the_policy_of_its_operation_says(
    route: tuple[str, str], world: World, client: httpx.AsyncClient, database: Database
) -> None:
    # Given
    operation = RUNS[route]
    before = await fingerprint(database)

    # When
    answers: dict[str, int] = {}
    wanted: dict[str, int] = {}
    for caller in CALLERS:
        refused: type[OrreryError] | None = BEYOND.get((operation.name, caller), refusal(operation, caller))
        enters = operation.caller is Caller.AGENT or route in BY_WORKSPACE
        if enters and caller in ("outsider", "bystander"):
            refused = NotFound  # the path's workspace is looked at first
        if refused is None and not operation.read_only:
            continue  # it would be carried out; other tests do that
        wanted[caller] = refused.status if refused else ANSWERS.get(route, 200)
        token = world.tokens.get(token_of(operation, caller))
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = await client.request(route[0], path_of(route[1], world.ids), headers=headers, **sent(route, world.ids))
        answers[caller] = answer.status_code
        if refused:
            assert told(answer).code == refused.code

    # Then
    assert answers == wanted
    assert await fingerprint(database) == before


async def told_of(
    client: httpx.AsyncClient, token: str, route: tuple[str, str], one: Ids, other: Ids
) -> tuple[Told, Told]:
    """What a caller learns from a request about one thing and from the same about another."""
    headers = {"authorization": f"Bearer {token}"}
    for _ in range(2):  # whoever asks is recognised anew now and then, which may come between the two
        told_twice: list[Told] = []
        for ids in (one, other):
            with commands() as seen:
                answer = await client.request(route[0], path_of(route[1], ids), headers=headers, **sent(route, ids))
            told_twice.append((answer.status_code, answer.text if answer.status_code >= 400 else "", seen))
        if told_twice[0] == told_twice[1]:
            break
    return told_twice[0], told_twice[1]


async def test_a_route_tells_a_stranger_neither_by_words_nor_by_time_what_is_there(
    world: World, client: httpx.AsyncClient
) -> None:
    # Who has the secret of a link is no stranger, nor is, to accounts, who runs the installation.
    by_link = {"/attachments/{attachmentId}", *(path for _, path in BODIES if re.search("{(invite)?[tT]oken}", path))}
    # A route of a tenant that names none is asked at the address of a workspace.
    asked = [
        route
        for route in sorted(BODIES)
        if "{" in (route[1] if RUNS[route].permission is None else in_workspace(route[1])) and route[1] not in by_link
    ]
    differing: dict[tuple[str, str], Any] = {}
    for route in (route for route in asked if RUNS[route].server_role is None):
        there, nowhere = await told_of(client, world.tokens["outsider"], route, world.ids, absent(world.ids))
        if there != nowhere:
            differing[route] = (there, nowhere)

    assert differing == {}


async def test_a_route_tells_who_is_in_the_organization_alone_of_no_workspace_by_its_slug(
    world: World, client: httpx.AsyncClient
) -> None:
    nothing = {**world.ids, "workspace_slug": absent(world.ids)["workspace_slug"]}
    asked = [
        route
        for route in sorted(BODIES)
        if "{wsSlug}" in in_workspace(route[1])
        and (route in BY_WORKSPACE or refusal(RUNS[route], "bystander") is NotFound)
    ]
    differing: dict[tuple[str, str], Any] = {}
    for route in asked:
        there, nowhere = await told_of(client, world.tokens["bystander"], route, world.ids, nothing)
        if there != nowhere or there[0] != NotFound.status:
            differing[route] = (there, nowhere)

    assert len(asked) > 100
    assert differing == {}
