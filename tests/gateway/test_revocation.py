"""Every way in which access can end, on both transports, committed in the same process and in another one.

The whole matrix runs at once, before the first test: each case revokes, waits for the five seconds that are promised,
and commits something that only those may see who still may.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
import pytest_asyncio
from bson import ObjectId

from models.base import utc_now
from tests.gateway.lab import COLUMN, PASSWORD, PROJECT, Board, Person, make_board
from tests.gateway.revocation_lab import PLACES, TRANSPORTS, Gateways, Login, Reader, two_gateways
from tests.security.conftest import ACCEPT, ADD_MEMBER, invited

PROMISED_SECONDS = 5.0
EVENTS = """subscription ($p: ID!) { projectEvents(projectId: $p) {
  __typename ... on Event { cursor } ... on CardCreated { card { title } } } }"""
NOTIFICATIONS = "subscription { notifications { __typename ... on Event { cursor } } }"
QUEUE_EVENTS = "subscription ($q: ID!) { queueEvents(queueId: $q) { __typename ... on Event { cursor } } }"
QUEUE = "mutation ($i: QueueCreateInput!) { queueCreate(input: $i) { queue { id } } }"
ORGANIZATION = "mutation ($i: OrganizationCreateInput!) { organizationCreate(input: $i) { organization { id } } }"
WORKSPACE = "mutation ($i: WorkspaceCreateInput!) { workspaceCreate(input: $i) { workspace { id } } }"
AGENT = "mutation ($i: AgentCreateInput!) { agentCreate(input: $i) { agent { id } token } }"
TOKEN = "mutation ($i: ApiTokenCreateInput!) { apiTokenCreate(input: $i) { apiToken { id } secret } }"
PASSWORD_CHANGE = """mutation ($old: String!, $new: String!) {
  passwordChange(input: {currentPassword: $old, newPassword: $new}) { cursor } }"""
ROLE = """mutation ($w: ID!, $u: ID!, $r: Role!) {
  workspaceMemberUpdate(workspaceId: $w, userId: $u, input: {role: $r}) { cursor } }"""


@dataclass
class Case:
    """Ann's project, which Bob reads; `reading` is what he reads with, `others` are sign-ins that must go on."""

    gateways: Gateways
    board: Board
    elsewhere: Board
    bob: Person
    reading: Login = field(default_factory=Login)
    others: list[Login] = field(default_factory=list)
    about: str = ""

    @property
    def ann(self) -> Person:
        return self.board.ann

    def collection(self, name: str) -> Any:
        return self.gateways.database[name]


Step = Callable[[Case], Awaitable[None]]


@dataclass(frozen=True)
class Way:
    """One way in which access ends. With `codes` empty it does not."""

    sign_in: Step
    revoke: Step
    codes: frozenset[str]
    query: str = EVENTS
    deletes: bool = False


# --- what Bob reads with -----------------------------------------------------------------------------------------


async def by_jwt(case: Case) -> None:
    case.reading = await case.gateways.log_in(case.bob)
    case.others = [await case.gateways.log_in(case.bob)]


async def by_cookie(case: Case) -> None:
    case.reading = await case.gateways.log_in(case.bob, by_cookie=True)
    case.others = [await case.gateways.log_in(case.bob, by_cookie=True)]


async def by_token(case: Case) -> None:
    made = (await case.bob.ask(TOKEN, i={"name": "reader"}))["apiTokenCreate"]
    case.about, case.reading = made["apiToken"]["id"], Login(made["secret"])
    case.others = [Login(case.bob.token)]


async def by_token_alone(case: Case) -> None:
    await by_token(case)
    case.others = []


async def by_agent(case: Case) -> None:
    values = {"workspaceId": case.board.workspace, "name": "Atlas", "slug": "atlas"}
    made = (await case.ann.ask(AGENT, i=values))["agentCreate"]
    case.about, case.reading = made["agent"]["id"], Login(made["token"])


async def without_others(case: Case) -> None:
    case.reading = Login(case.bob.token)


# --- how it ends -------------------------------------------------------------------------------------------------


async def log_out(case: Case) -> None:
    await case.gateways.as_login(case.reading, "mutation { authLogout { cursor } }")


async def change_password(case: Case) -> None:
    await case.gateways.as_login(case.others[0], PASSWORD_CHANGE, old=PASSWORD, new=PASSWORD[::-1])


async def expire_session(case: Case) -> None:
    newest = await case.collection("sessions").find({"user_id": ObjectId(case.bob.id)}).sort("_id", -1).to_list()
    await case.collection("sessions").update_one({"_id": newest[1]["_id"]}, {"$set": {"expires_at": soon()}})


async def expire_token(case: Case) -> None:
    await case.collection("api_tokens").update_one({"_id": ObjectId(case.about)}, {"$set": {"expires_at": soon()}})


def soon() -> Any:
    return utc_now() + timedelta(seconds=0.5)


async def revoke_token(case: Case) -> None:
    await case.bob.ask("mutation ($id: ID!) { apiTokenRevoke(id: $id) { cursor } }", id=case.about)


async def remove_member(case: Case) -> None:
    remove = "mutation ($w: ID!, $u: ID!) { workspaceMemberRemove(workspaceId: $w, userId: $u) { cursor } }"
    await case.ann.ask(remove, w=case.board.workspace, u=case.bob.id)


async def leave(case: Case) -> None:
    remove = "mutation ($w: ID!, $u: ID!) { workspaceMemberRemove(workspaceId: $w, userId: $u) { cursor } }"
    await case.bob.ask(remove, w=case.board.workspace, u=case.bob.id)


async def remove_from_organization(case: Case) -> None:
    remove = "mutation ($o: ID!, $u: ID!) { organizationMemberRemove(organizationId: $o, userId: $u) { cursor } }"
    await case.ann.ask(remove, o=case.board.organization, u=case.bob.id)


async def delete_workspace(case: Case) -> None:
    await case.ann.ask("mutation ($id: ID!) { workspaceDelete(id: $id) { cursor } }", id=case.board.workspace)


async def delete_organization(case: Case) -> None:
    await case.ann.ask("mutation ($id: ID!) { organizationDelete(id: $id) { cursor } }", id=case.board.organization)


async def delete_agent(case: Case) -> None:
    await case.ann.ask("mutation ($id: ID!) { agentDelete(id: $id) { cursor } }", id=case.about)


async def delete_account(case: Case) -> None:
    """As an administrator of the database does it."""
    his = {"user_id": ObjectId(case.bob.id)}
    for name in ("sessions", "api_tokens", "workspace_members", "organization_members"):
        await case.collection(name).delete_many(his)
    await case.collection("users").delete_one({"_id": ObjectId(case.bob.id)})


async def lose_role(case: Case) -> None:
    for role in ("ADMIN", "MEMBER"):
        await case.ann.ask(ROLE, w=case.board.workspace, u=case.bob.id, r=role)


async def leave_project(case: Case) -> None:
    await case.ann.ask(ADD_MEMBER, project=case.board.project, user=case.bob.id)
    remove = "mutation ($p: ID!, $u: ID!) { projectMemberRemove(projectId: $p, userId: $u) { cursor } }"
    await case.ann.ask(remove, p=case.board.project, u=case.bob.id)


CREDENTIAL = frozenset({"UNAUTHENTICATED"})
TENANT = frozenset({"NOT_FOUND"})
WAYS = {
    "logout": Way(by_jwt, log_out, CREDENTIAL),
    "logout in a browser": Way(by_cookie, log_out, CREDENTIAL),
    "logout, of notifications": Way(by_jwt, log_out, CREDENTIAL, NOTIFICATIONS),
    "password change elsewhere": Way(by_jwt, change_password, CREDENTIAL),
    "session expired": Way(by_jwt, expire_session, CREDENTIAL),
    "token expired": Way(by_token, expire_token, CREDENTIAL),
    "token revoked": Way(by_token, revoke_token, CREDENTIAL),
    # Credential and membership end together, and the guard asks for one after the other.
    "account gone": Way(without_others, delete_account, CREDENTIAL | TENANT),
    "agent deleted": Way(by_agent, delete_agent, CREDENTIAL | TENANT),
    "member removed": Way(without_others, remove_member, TENANT),
    "member left": Way(by_token_alone, leave, TENANT),
    "removed from organization": Way(without_others, remove_from_organization, TENANT),
    "workspace deleted": Way(without_others, delete_workspace, TENANT, deletes=True),
    "organization deleted": Way(without_others, delete_organization, TENANT, deletes=True),
    "role lost": Way(without_others, lose_role, frozenset()),
    "off the project": Way(without_others, leave_project, frozenset()),
    "logout, of a queue": Way(by_jwt, log_out, CREDENTIAL, QUEUE_EVENTS),
    "member removed, of a queue": Way(without_others, remove_member, TENANT, QUEUE_EVENTS),
    "workspace deleted, of a queue": Way(without_others, delete_workspace, TENANT, QUEUE_EVENTS, deletes=True),
    "member removed, of notifications": Way(without_others, remove_member, frozenset(), NOTIFICATIONS),
}
ENDING = [name for name, way in WAYS.items() if way.codes]


@dataclass(eq=False)
class Outcome:
    """What the readers of a case have got, by transport and place; `revoked_at` is when the revocation had answered."""

    affected: dict[tuple[str, str], Reader]
    unaffected: list[Reader]
    revoked_at: float


class Matrix(dict[str, Outcome | BaseException]):
    """What came of each way; asking for one that failed raises its failure."""

    def of(self, way: str) -> Outcome:
        found = self[way]
        if isinstance(found, BaseException):
            raise found
        return found


@pytest_asyncio.fixture(scope="module")
async def gateways(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateways]:
    async with two_gateways(tmp_path_factory.mktemp("revocation")) as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def matrix(gateways: Gateways) -> Matrix:
    """All that came of all ways."""
    running = (run(gateways, str(number), way) for number, way in enumerate(WAYS.values()))
    return Matrix(zip(WAYS, await asyncio.gather(*running, return_exceptions=True), strict=True))


async def run(gateways: Gateways, name: str, way: Way) -> Outcome:
    case = await prepare(gateways, name)
    await way.sign_in(case)
    watched = case.elsewhere if way.deletes else case.board
    others = [Login(case.ann.token), *([] if way.deletes else case.others)]
    affected: dict[tuple[str, str], Reader] = {}
    unaffected: list[Reader] = []
    variables = {"p": case.board.project} if way.query == EVENTS else {}
    if way.query == QUEUE_EVENTS:
        made = await case.ann.ask(QUEUE, i={"workspaceId": case.board.workspace, "name": "Mails"})
        variables = {"q": made["queueCreate"]["queue"]["id"]}
    for transport, place in product(TRANSPORTS, PLACES):
        reader = gateways.read(place, transport, case.reading, way.query, **variables)
        affected[transport, place] = reader
        unaffected += [gateways.read(place, transport, other, EVENTS, p=watched.project) for other in others]
    if not way.codes:
        unaffected += affected.values()
    told = [reader for reader in unaffected if way.query == EVENTS or reader not in affected.values()]
    for reader in [*affected.values(), *unaffected]:
        await reader.until(lambda one: one.ready)
    for board in (case.board, case.elsewhere):
        await board.card("before")
    for reader in {*told, *(affected.values() if way.query == EVENTS else ())}:
        await reader.until(lambda one: "before" in one.titles)

    await way.revoke(case)
    revoked_at = asyncio.get_running_loop().time()
    await asyncio.sleep(PROMISED_SECONDS)
    await watched.card("after")
    for reader in told:
        await reader.until(lambda one: "after" in one.titles)
    for reader in affected.values() if way.codes else ():
        await reader.end()
    return Outcome(affected, unaffected, revoked_at)


async def prepare(gateways: Gateways, name: str) -> Case:
    """A project of Ann's, in an organization that she could delete, with Bob as a member of its workspace."""
    ann, bob = await asyncio.gather(gateways.person(f"ann-{name}"), gateways.person(f"bob-{name}"))
    elsewhere = await make_board(ann)
    slug = f"observatory-{name}"
    made = await ann.ask(ORGANIZATION, i={"name": "Observatory", "slug": slug})
    organization = made["organizationCreate"]["organization"]["id"]
    made = await ann.ask(WORKSPACE, i={"organizationId": organization, "name": "Domes", "slug": "domes"})
    workspace = made["workspaceCreate"]["workspace"]["id"]
    project = (await ann.ask(PROJECT, input={"workspaceId": workspace, "name": "Launch"}))["projectCreate"]["project"]
    column = await ann.ask(COLUMN, input={"projectId": project["id"], "name": "To do"})
    todo = column["columnCreate"]["column"]["id"]
    board = Board(ann, organization, slug, workspace, project["id"], todo, todo)
    await bob.ask(ACCEPT, token=await invited(board, bob.email))
    return Case(gateways, board, elsewhere, bob)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("way", ENDING)
def test_a_stream_ends_with_the_reason_and_shows_nothing_that_came_later(
    matrix: Matrix, way: str, transport: str, place: str
) -> None:
    reader = matrix.of(way).affected[transport, place]

    assert reader.codes is not None
    assert len(reader.codes) == 1
    assert reader.codes[0] in WAYS[way].codes
    assert "after" not in reader.titles


@pytest.mark.parametrize("way", ENDING)
def test_streams_end_within_five_seconds_in_every_process(matrix: Matrix, way: str) -> None:
    outcome = matrix.of(way)

    late = {
        where: reader.ended_at - outcome.revoked_at
        for where, reader in outcome.affected.items()
        if reader.ended_at - outcome.revoked_at > PROMISED_SECONDS
    }
    assert late == {}


@pytest.mark.parametrize("way", WAYS)
def test_whoever_may_still_read_goes_on(matrix: Matrix, way: str) -> None:
    assert [reader.codes for reader in matrix.of(way).unaffected if reader.codes is not None] == []


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("way", ENDING)
def test_a_socket_closes_with_its_credential_and_stays_open_without_the_membership(
    matrix: Matrix, way: str, place: str
) -> None:
    reader = matrix.of(way).affected["websocket", place]

    assert reader.closed == (4403 if WAYS[way].codes >= CREDENTIAL else None)
