"""The REST routes on an app of their own, over the real database; every answer is held against the document."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request

from auth.authenticate import SESSION_COOKIE, authenticate
from auth.subject import ANONYMOUS
from gateway.database import Database
from models import Column
from models.base import collection
from models.ids import Kind, new_id
from models.records import ProjectRecord, UserRecord
from realtime.hub import Hub
from realtime.log import Change, EventLog
from resolvers.account.registration import Also
from resolvers.catalogue import CATALOGUE
from resolvers.kit.context import Context, Services
from resolvers.organization.organization import insert_organization
from resolvers.workspace.workspace import insert_workspace
from rest.agent_board import backups
from rest.app import build_routes, failures
from serving.cookies import CookieScope
from tests.provider import outbound
from tests.resolvers.lab import PASSWORD as PASSWORD
from tests.resolvers.lab import sign_up
from tests.resolvers.projects import insert_board
from tests.rest.document import response_problems, template_of
from tests.rest.recorded import Recorder
from tests.services import whole_services

assert CATALOGUE  # whole, as a gateway has it: with the gate that agents pass


@dataclass
class Api:
    """The app, and who has called what of it with success."""

    app: Starlette
    ctx: Context
    called: set[tuple[str, str | None]] = field(default_factory=set)
    recorder: Recorder = field(default_factory=Recorder)
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def client(self, token: str | None = None, **options: Any) -> httpx.AsyncClient:
        """A client that fails the test for an answer that the document does not declare."""
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://testserver",
            headers={"authorization": f"Bearer {token}"} if token else {},
            event_hooks={"response": [self._check]},
            **options,
        )
        self.clients.append(client)
        return client

    async def person(self, email: str, also: Also | None = None) -> httpx.AsyncClient:
        """A client that is signed in as a new person; `also` is done in the change that makes their account."""
        made = await sign_up(self.ctx, email, email.partition("@")[0].title(), also)
        return self.client(made.access_token)

    async def _check(self, answer: httpx.Response) -> None:
        await answer.aread()
        method, path = answer.request.method, answer.request.url.path
        if answer.is_success or answer.status_code == 304:
            self.called.add((method, template_of(path)))
            if method != "HEAD":
                self.recorder.note(answer)
        is_stream = answer.headers.get("content-type", "").startswith("text/event-stream")
        # A picture, a file, an archive, or events.
        if "etag" in answer.headers or "content-disposition" in answer.headers or is_stream:
            assert method == "HEAD" or response_problems(method, path, answer.status_code, None) == []
            return
        if answer.status_code in (204, 302):
            assert answer.content == b""
            assert response_problems(method, path, answer.status_code, None) == []
            return
        assert answer.headers["content-type"] == "application/json"
        if method != "HEAD":
            assert response_problems(method, path, answer.status_code, answer.json()) == []


@pytest.fixture(scope="session")
async def services(database: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Services]:
    """The services of a gateway over the embedded database."""
    hub = Hub(EventLog(database.client))
    await hub.start()
    folders = {name: tmp_path_factory.mktemp(name) for name in ("backup_dir", "log_dir")}
    yield whole_services(hub, **folders, outbound=outbound())
    await hub.stop()


def rest_app(services: Services) -> Starlette:
    """The routes alone, with the credentials that a gateway takes."""

    async def make_context(request: Request) -> Context:
        subject = await authenticate(
            services.signer,
            authorization=request.headers.get("authorization"),
            cookie=request.cookies.get(SESSION_COOKIE),
        )
        return Context(subject, services)

    return Starlette(
        routes=build_routes(make_context, cookies=CookieScope()),
        exception_handlers={HTTPException: failures()},
    )


@pytest.fixture(scope="session", autouse=True)
def nobody_makes_backups() -> Iterator[None]:
    """So nobody waits for one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backups, "PATIENCE", 0.0)
        yield


@pytest.fixture(scope="session")
def routes(services: Services) -> Starlette:
    """The routes alone, made once for all tests."""
    return rest_app(services)


@pytest.fixture
async def api(clean: Database, services: Services, routes: Starlette) -> AsyncIterator[Api]:
    """The routes over an empty database."""
    opened = Api(routes, Context(ANONYMOUS, services))
    yield opened
    for client in opened.clients:
        await client.aclose()


@dataclass(frozen=True)
class Board:
    """A project with two columns of a person's own workspace; `path` is the project's."""

    ann: httpx.AsyncClient
    ann_id: str
    workspace: str
    project_id: str
    path: str
    todo: str
    done: str


async def made(client: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    """What a POST made."""
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


@pytest.fixture
async def board(api: Api) -> Board:
    """Ann's board."""
    organization_id, workspace_id = new_id(Kind.ORGANIZATION), new_id(Kind.WORKSPACE)
    project: list[ProjectRecord] = []

    async def also(change: Change, user: UserRecord) -> None:
        owner_id = user["_id"]
        await insert_organization(change, organization_id, name="Acme", slug="acme", owner_id=owner_id)
        await insert_workspace(
            change,
            workspace_id,
            organization_id=organization_id,
            name="Engineering",
            slug="eng",
            owner_id=owner_id,
        )
        project[:] = [await insert_board(change, workspace_id, owner_id, "Launch", ["To do", "Done"])]

    ann = await api.person("ann@example.com", also)
    [launch] = project
    columns = await collection(Column).find({"project_id": launch["_id"]}).sort("rank", 1).to_list()
    workspace = "/orgs/acme/workspaces/eng"
    path = f"{workspace}/projects/{launch['_id']}"
    todo, done = (str(column["_id"]) for column in columns)
    return Board(ann, str(launch["created_by"]), workspace, str(launch["_id"]), path, todo, done)
