"""The application factory. Nothing happens at import or before the lifespan starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from agents.oauth.endpoints import OAuthEndpoints
from agents.oauth.place import MCP, Place
from agents.server.endpoint import McpEndpoint
from auth.jwt import JwtSigner
from auth.vault import Vault
from gateway.agents import AgentProcesses
from gateway.backups import FOLDER, Backups
from gateway.database import Database, UrlOf, open_database
from gateway.deletions import Deletions
from gateway.follower import Follower, automations, notifications, pipelines
from gateway.graph import graph_engine, served_graph
from gateway.indexing import Indexing
from gateway.jobs import Jobs
from gateway.key_uses import KeyUses
from gateway.leftovers import Leftovers
from gateway.log_file import FOLDER as LOGS
from gateway.log_keeper import LogKeeper
from gateway.mailer import FolderMailer, Mailer, SmtpMailer
from gateway.metrics import Metrics
from gateway.mission_leases import MissionLeases
from gateway.outbox import Outbox
from gateway.pages import dist_folder, graphiql_page, page_routes, reference_page
from gateway.plugins import Plugins
from gateway.probes import probe_routes, product_version
from gateway.remote_calls import RemoteCalls
from gateway.scripts import Scripts
from gateway.settings import AGENT_BOARD, LOOPBACK, ORKOSI, Settings, SettingsError
from gateway.top_ups import TopUps
from gateway.transfers import Transfers
from gateway.worktrees import Worktrees
from models.outbound import Outbound
from realtime.guard import Guard
from realtime.hub import Hub
from realtime.log import EventLog
from realtime.presence import Presence
from realtime.retention import Bounds, Retention
from resolvers.content import READERS
from resolvers.credential.rewrap import warn_of_missing
from resolvers.credential.token import end_renewals
from resolvers.kit.context import Context, Services
from resolvers.machine.work import GIT
from resolvers.search.follow import sweep
from resolvers.words.index import SearchIndex
from rest.agent_board.live.routes import live_routes
from rest.agent_board.open_access import OpenAccess
from rest.app import Collision, build_routes, failures, interfaces, openapi, overlap
from rest.prefixes import Prefixes
from serving.arrival import Arrival
from serving.compressed import compressed
from serving.cookies import CookieScope
from serving.cors import cors
from serving.errors import answer
from serving.front import Front
from serving.graph.endpoint import GraphQLEndpoint
from serving.graph.engine import GraphEngine
from serving.transports.connections import Connections
from serving.transports.limits import SseLimits, WebSocketLimits
from serving.transports.websocket import serve_websocket

EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104


@dataclass(slots=True)
class Running:
    """What the lifespan sets up, for the routes that were declared before it."""

    connections: Connections = field(default_factory=Connections)
    metrics: Metrics = field(default_factory=Metrics)
    key_uses: KeyUses = field(default_factory=KeyUses)
    services: Services | None = None
    engine: GraphEngine | None = None
    endpoint: GraphQLEndpoint | None = None
    mcp: McpEndpoint | None = None

    def require_engine(self) -> GraphEngine:
        if self.engine is None:
            raise HTTPException(503, "The gateway is starting")
        return self.engine


def create_app(
    settings: Settings | None = None,
    *,
    database: Database | None = None,
    prepared: bool = False,
    begun: UrlOf | None = None,
) -> Starlette:
    """The gateway over `settings`, by default those of the environment, and an open `database` where one is given.

    `prepared` says that the database was set up before, `begun` is one whose start has begun.
    Raises SettingsError, and the lifespan DatabaseError, where it cannot start.
    """
    chosen = settings or Settings.from_env()
    if chosen.auth_optional:
        chosen.require_safely_open()
    running = Running()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        served = served_graph()  # while the database starts
        async with (
            nullcontext(database)
            if database is not None
            else open_database(chosen, prepared=prepared, begun=begun) as opened
        ):
            hub = Hub(EventLog(opened.client, transactions=opened.transactions), chosen.bus)
            guard = Guard()
            retention = Retention(Bounds(chosen.log_retention, chosen.log_max_events))
            await hub.start()
            await guard.start()
            running.services = Services(
                hub=hub,
                guard=guard,
                signer=JwtSigner(chosen.secret_key),
                session_lifetime=chosen.jwt_expires_in,
                base_url=chosen.base_url,
                agent_board_prefix=chosen.agent_board_prefix,
                shows_links=chosen.smtp is None,
                require_verified_email=chosen.require_verified_email,
                auth_optional=chosen.auth_optional,
                backup_dir=chosen.data_dir / FOLDER,
                backup_remote=chosen.backup_remote,
                log_dir=chosen.data_dir / LOGS,
                registrations_per_hour=chosen.registrations_per_hour,
                storage_quota=chosen.storage_quota,
                search=SearchIndex(chosen.data_dir / "search"),
                outbound=Outbound(chosen.allowed_private_hosts),
                vault=Vault(chosen.vault_keys),
                billing=chosen.billing,
                models=chosen.models,
                project_roots=chosen.project_roots,
                automations_root=chosen.automations_root,
                worktrees=chosen.data_dir / "worktrees",
                runs_scripts=chosen.runs_scripts,
                version=product_version(),
            )
            await sweep(running.services.search)
            await warn_of_missing(running.services.vault)
            running.engine = graph_engine(served, chosen, running.services)
            background = (
                Presence(opened.client, hub.log),
                retention,
                Outbox(running.services, _delivery(chosen), chosen.mail_from),
                Backups(running.services, chosen, opened.url),
                LogKeeper(running.services, running.metrics.unsent.inc),
                running.key_uses,
                Leftovers(running.services),
                Indexing(running.services),
                Follower(running.services, notifications(running.services)),
                Follower(running.services, automations(running.services)),
                Follower(running.services, pipelines(running.services)),
                Transfers(running.services),
                Jobs(running.services),
                TopUps(running.services),
                MissionLeases(running.services, running.metrics.agents.wait),
                Plugins(running.services),
                RemoteCalls(running.services),
                Worktrees(running.services),
                Scripts(running.services),
                Deletions(running.services, running.metrics.deletions.set),
                AgentProcesses(chosen, opened.url, hub.bus, running.metrics.agents.take, alone=not prepared),
            )
            for worker in background:
                await worker.start()
            running.endpoint = GraphQLEndpoint(
                engine=running.engine,
                connections=running.connections,
                page=partial(graphiql_page, dist, chosen.base_path),
                cookies=_cookies(chosen),
                count=running.metrics.count,
                sse=SseLimits(max_connections=chosen.max_connections_per_user),
            )
            app.state.database = opened
            app.state.services = running.services
            app.state.background = background
            try:
                async with running.metrics.live.watching(hub, running.connections):
                    yield
            finally:
                app.state.database = None
                await running.connections.close_all()
                if running.mcp is not None:
                    await running.mcp.close()
                for worker in reversed(background):
                    await worker.stop()
                await end_renewals()
                await guard.stop()
                await hub.stop()
                READERS.end()
                GIT.end()

    dist, hosts = dist_folder(), _hosts(chosen)
    routes, failed = _routes(chosen, running, dist), failures(chosen.prefixes)
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(Arrival, base_path=chosen.base_path),
            *cors(chosen.allowed_origins),
            Middleware(
                Front,
                find=lambda: running.endpoint,
                hosts=hosts,
                answered=running.metrics.answered,
                used=running.key_uses.note,
            ),
        ],
        exception_handlers={HTTPException: failed, Exception: failed},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # `Arrival` has taken them away
    app.state.connections = running.connections
    app.state.event_streams = SseLimits(max_connections=chosen.max_connections_per_user)
    return app


def _delivery(settings: Settings) -> Mailer:
    if settings.smtp is not None:
        return SmtpMailer(settings.smtp)
    return FolderMailer(settings.data_dir / "mail", shows=not settings.production)


def _routes(settings: Settings, running: Running, dist: Path) -> list[BaseRoute]:
    sockets = WebSocketLimits(
        allowed_origins=settings.socket_origins, max_connections=settings.max_connections_per_user
    )

    async def graphql(request: Request) -> Response:
        if running.endpoint is None:
            raise HTTPException(503, "The gateway is starting")
        return await running.endpoint(request)

    async def graphql_socket(websocket: WebSocket) -> None:
        await serve_websocket(websocket, running.require_engine(), limits=sockets, connections=running.connections)

    prefix, prefixes = settings.agent_board_prefix, settings.prefixes
    opened = OpenAccess(prefix, settings.socket_origins) if settings.auth_optional else None

    async def make_context(request: Request) -> Context:
        engine = running.require_engine()
        subject = await engine.subject_of(request)
        if opened is not None and subject.user_id is None:
            subject = await opened.subject_of(request) or subject
        return engine.context_of(subject)

    def recall(request: Request) -> Context | None:
        recent = running.require_engine().recent_subject_of(request)
        return None if recent is None else running.require_engine().context_of(recent)

    async def document(request: Request) -> Response:
        # Without a public address, routes are where the document was found: this machine has several names.
        described = openapi(product_version(), settings.public_url or "/", prefixes)
        return await compressed(request.headers, answer(described, 200))

    async def reference(_: Request) -> Response:
        return reference_page(dist, settings.base_path)

    async def home(_: Request) -> Response:
        return RedirectResponse(settings.base_path + "/graphql", 307)

    place = Place(settings.base_url, settings.public_url is not None)
    mcp = McpEndpoint(running.require_engine, settings.socket_origins, product_version(), place, settings.mcp_token)
    oauth = OAuthEndpoints(running.require_engine, place, _cookies(settings), settings.socket_origins)
    running.mcp = mcp
    own: list[BaseRoute] = [
        Route(MCP, mcp),
        *oauth.routes(),
        Route("/graphql", graphql, methods=["GET", "POST"]),
        WebSocketRoute("/graphql", graphql_socket),
        Route("/", home),
        Route("/api/docs", reference),
        Route("/api/docs/openapi.json", document),
        *probe_routes(running.metrics),
        *page_routes(dist, settings.base_path),
    ]
    try:
        _check_apart(own, prefixes)
    except Collision as error:
        raise SettingsError(
            f"{AGENT_BOARD} cannot be {prefix or 'empty'} beside {ORKOSI} {prefixes.orkosi or 'empty'}: {error}."
        ) from error
    live = live_routes(prefix, running.require_engine, sockets, running.connections, opened)
    found = build_routes(make_context, cookies=_cookies(settings), recall=recall, prefixes=prefixes)
    return [*own, *live, *found]


def _check_apart(own: list[BaseRoute], prefixes: Prefixes) -> None:
    """Raise Collision where a route below a prefix is over another interface's, over one of the gateway's own, or below
    a folder of files."""
    for path in {route.path for interface in interfaces(prefixes)[1:] for route in interface.routes}:
        for taken in own:
            over = getattr(taken, "path", "")
            if overlap(path, over) or (isinstance(taken, Mount) and over and path.startswith(f"{over}/")):
                raise Collision(f"{path} is over {over}")


def _cookies(settings: Settings) -> CookieScope:
    return CookieScope(secure=settings.production, path=settings.base_path or "/")


def _hosts(settings: Settings) -> list[str]:
    """The names that the gateway answers to, so that no page can reach it under a name of its own (DNS rebinding).

    Bound to every address, it cannot know its names.
    """
    if settings.host in EVERY_ADDRESS:
        return ["*"]
    return [*LOOPBACK, urlsplit(settings.base_url).hostname or "", settings.host]
