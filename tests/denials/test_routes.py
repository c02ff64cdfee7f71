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
from tests.denials.board_routes import B_CARD, BOARD, BOARD_BODIES
from tests.denials.expect import BEYOND, CALLERS, refusal, token_of
from tests.denials.orkosi_routes import BILLING, BY_WORKSPACE, ORKOSI_BODIES
from tests.denials.routes import BODIES as PLAIN_BODIES
from tests.denials.routes import in_workspace, path_of
from tests.denials.test_foreign import absent
from tests.denials.test_time import commands
from tests.denials.world import Ids, World, fingerprint
from tests.rest.told import told

BODIES = PLAIN_BODIES | BOARD_BODIES | ORKOSI_BODIES
RUNS = {(route.method, route.path): route.operation for route in TABLE}
WITH_FILE = {(route.method, route.path) for route in TABLE if route.file is not None}


ANSWERS = {
    ("GET", BOARD + "/oidc/login"): 409,
    ("GET", BOARD + "/oidc/callback"): 401,
    ("POST", B_CARD + "/summary"): 409,
    ("GET", BILLING + "/subscription"): 404,
    ("GET", BILLING + "/usage"): 404,
    ("POST", BILLING + "/validate-downgrade"): 503,
}
"""What those who may call it are answered, where that is not 200: the world has no identity provider and no plans, and
nobody has worked on its card."""


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


async def test_a_route_tells_a_stranger_neither_by_words_nor_by_time_what_is_there(
    world: World, client: httpx.AsyncClient
) -> None:
    headers = {"authorization": f"Bearer {world.tokens['outsider']}"}
    differing: dict[tuple[str, str], Any] = {}
    # Who has the secret of a link is no stranger, nor is, to accounts, who runs the installation.
    by_link = {"/attachments/{attachmentId}", *(path for _, path in BODIES if re.search("{(invite)?[tT]oken}", path))}
    # A route of a tenant that names none is asked at the address of a workspace.
    asked = [
        route
        for route in sorted(BODIES)
        if "{" in (route[1] if RUNS[route].permission is None else in_workspace(route[1])) and route[1] not in by_link
    ]
    for route in (route for route in asked if RUNS[route].server_role is None):
        for _ in range(2):  # whoever asks is recognised anew now and then, which may come between the two
            told_twice = []
            for ids in (world.ids, absent(world.ids)):
                with commands() as seen:
                    answer = await client.request(route[0], path_of(route[1], ids), headers=headers, **sent(route, ids))
                told_twice.append((answer.status_code, answer.text if answer.status_code >= 400 else "", seen))
            if told_twice[0] == told_twice[1]:
                break
        else:
            differing[route] = told_twice

    assert differing == {}
