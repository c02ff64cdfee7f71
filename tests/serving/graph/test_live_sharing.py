"""Who shares the executions of a subscription, over the whole graph: the same bytes for all, nobody else's values."""

import asyncio
from typing import Any

import orjson
import pytest
from graphql import DocumentNode, GraphQLObjectType, get_named_type, is_leaf_type, is_object_type, parse, validate
from starlette.applications import Starlette

from auth.subject import ALL_SCOPES, Credential, Subject
from gateway.graph import served_graph
from gateway.settings import Settings
from models import Session, WorkspaceMember
from models.base import collection
from models.enums import Role, TokenScope
from models.ids import Kind, new_id, parse_id
from realtime.payload import EventPayload
from schema.graph import graph
from schema.viewer import Look
from serving.graph.document_limits import DEFAULTS
from serving.graph.documents import Documents
from serving.graph.engine import GraphEngine
from serving.graph.graph import Selects
from serving.graph.live import Live
from serving.graph.resuming import resuming
from serving.transports.protocol import OperationRequest
from tests.gateway.lab import Board, Lab, Person, make_board
from tests.patience import PATIENCE
from tests.stubs import stubs

SHARED = """
subscription Watch($p: ID!, $after: Cursor, $types: [String!]) {
  projectEvents(projectId: $p, after: $after, types: $types) {
    __typename
    ... on CardCreated { cursor actor { email } card { id title column { name } labels { name } assignee { name } } }
  }
}
"""
BY_VIEWER = """
subscription ($p: ID!) {
  projectEvents(projectId: $p) {
    __typename
    ... on CardCreated { card { project { workspace { myRole } } } }
  }
}
"""


class Sink:
    """A client's side of a subscription."""

    transport = "test"

    def __init__(self, live: Live) -> None:
        self.live = live
        self.deliveries: list[EventPayload] = []
        self.ended = False
        self._arrived = asyncio.Event()
        live.open(self)

    def write(self, delivery: EventPayload) -> bool:
        self.deliveries += delivery.each
        self._arrived.set()
        return True

    def end(self, errors: Any = None) -> None:
        self.ended = True
        self._arrived.set()

    @property
    def payloads(self) -> list[dict[str, Any]]:
        return [orjson.loads(one.payload) for one in self.deliveries]

    async def until(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while len(self.deliveries) < count:
                self._arrived.clear()
                await self._arrived.wait()


@pytest.fixture
def engine(gateway: Starlette, settings: Settings) -> GraphEngine:
    return GraphEngine(served_graph(), gateway.state.services, limits=settings.limits, production=False)


async def subject_of(person: Person) -> Subject:
    user_id = parse_id(person.id, Kind.USER)
    session = await collection(Session).find_one({"user_id": user_id})
    assert session is not None
    return Subject(user_id=user_id, credential=Credential.JWT, scopes=ALL_SCOPES, credential_id=session["_id"])


async def watch(engine: GraphEngine, subject: Subject, query: str, **variables: Any) -> Sink:
    live = await engine.start(subject, OperationRequest(query, variables))
    assert isinstance(live, Live)
    return Sink(live)


async def joined(lab: Lab, board: Board, email: str) -> Person:
    """Another member of the board's workspace."""
    person = await lab.person(email)
    workspace = parse_id(board.workspace, Kind.WORKSPACE)
    owner = await collection(WorkspaceMember).find_one({"workspace_id": workspace})
    assert owner is not None
    member = {
        "_id": new_id(Kind.WORKSPACE_MEMBER),
        "user_id": parse_id(person.id, Kind.USER),
        "role": Role.MEMBER.value,
    }
    await stubs(WorkspaceMember).insert_one({**owner, **member})
    return person


async def test_members_share_one_execution_whatever_they_resume_from(
    engine: GraphEngine, lab: Lab, board: Board
) -> None:
    # Given two members, one of them twice and with a cursor of its own
    ann = await subject_of(board.ann)
    bob = await subject_of(await joined(lab, board, "bob@example.com"))
    first = await watch(engine, ann, SHARED, p=board.project)
    await first.until(1)
    again = await watch(engine, ann, SHARED, p=board.project, after=first.deliveries[0].cursor)
    other = await watch(engine, bob, SHARED, p=board.project)
    for sink in (again, other):
        await sink.until(1)

    # When a card is created
    await board.card("Lens 4")
    for sink in (first, again, other):
        await sink.until(2)

    # Then all got the very same delivery, whole
    assert first.deliveries[1] is again.deliveries[1] is other.deliveries[1]
    event = first.payloads[1]["data"]["projectEvents"]
    assert event["actor"] == {"email": "ann@example.com"}
    assert event["card"]["column"] == {"name": "To do"}
    assert "errors" not in first.payloads[1]
    assert first.payloads[1]["extensions"] == {"cursor": event["cursor"]}
    for sink in (first, again, other):
        sink.live.close()


async def test_a_viewer_dependent_field_is_each_viewers_own(engine: GraphEngine, lab: Lab, board: Board) -> None:
    # Given an owner and a member who ask for their own role
    ann = await watch(engine, await subject_of(board.ann), BY_VIEWER, p=board.project)
    bob = await watch(engine, await subject_of(await joined(lab, board, "bob@example.com")), BY_VIEWER, p=board.project)
    for sink in (ann, bob):
        await sink.until(1)

    await board.card("Lens 4")
    for sink in (ann, bob):
        await sink.until(2)

    roles = [s.payloads[1]["data"]["projectEvents"]["card"]["project"]["workspace"]["myRole"] for s in (ann, bob)]
    assert roles == ["OWNER", "MEMBER"]
    for sink in (ann, bob):
        sink.live.close()


VIEWER_HIDDEN = """
subscription ($p: ID!) { projectEvents(projectId: $p) { __typename ...Created } }
fragment Created on ProjectEvent { ... on CardCreated { made: card { project { workspace { ...Mine } } } } }
fragment Mine on Workspace { who: myRole }
"""


async def test_a_field_below_fragments_and_aliases_is_each_viewers_own(
    engine: GraphEngine, lab: Lab, board: Board
) -> None:
    # Given an owner on two sockets, and a member, who ask for their own role in a roundabout way
    ann, bob = await subject_of(board.ann), await subject_of(await joined(lab, board, "bob@example.com"))
    sinks = [await watch(engine, one, VIEWER_HIDDEN, p=board.project) for one in (ann, ann, bob)]
    for sink in sinks:
        await sink.until(1)

    await board.card("Lens 4")
    for sink in sinks:
        await sink.until(2)

    # Then the owner's two share what the member does not see
    roles = [sink.payloads[1]["data"]["projectEvents"]["made"]["project"]["workspace"]["who"] for sink in sinks]
    assert roles == ["OWNER", "OWNER", "MEMBER"]
    assert sinks[0].deliveries[1] is sinks[1].deliveries[1]
    for sink in sinks:
        sink.live.close()


async def test_a_viewers_token_does_not_share_with_their_session_where_it_depends_on_the_viewer(
    engine: GraphEngine, board: Board
) -> None:
    ann = await subject_of(board.ann)
    token = Subject(ann.user_id, Credential.TOKEN, ann.scopes, ann.credential_id)
    by_viewer = [await watch(engine, one, BY_VIEWER, p=board.project) for one in (ann, token)]
    shared = [await watch(engine, one, SHARED, p=board.project) for one in (ann, token)]
    for sink in (*by_viewer, *shared):
        await sink.until(1)

    await board.card("Lens 4")
    for sink in (*by_viewer, *shared):
        await sink.until(2)

    assert by_viewer[0].deliveries[1] is not by_viewer[1].deliveries[1]
    assert shared[0].deliveries[1] is shared[1].deliveries[1]
    for sink in (*by_viewer, *shared):
        sink.live.close()


async def test_operations_of_one_document_are_told_apart_by_their_names(engine: GraphEngine, board: Board) -> None:
    # Given a document of two operations that select different fields
    ann = await subject_of(board.ann)
    fields = {"Titles": "title", "Places": "column { name }"}
    document = "".join(
        f"subscription {name}($p: ID!) {{ projectEvents(projectId: $p) {{ ...On{name} }} }}"
        f"fragment On{name} on ProjectEvent {{ ... on CardCreated {{ card {{ {one} }} }} }}"
        for name, one in fields.items()
    )
    sinks = []
    for name in fields:
        live = await engine.start(ann, OperationRequest(document, {"p": board.project}, name))
        assert isinstance(live, Live)
        sinks.append(Sink(live))
    for sink in sinks:
        await sink.until(1)

    await board.card("Lens 4")
    for sink in sinks:
        await sink.until(2)

    cards = [sink.payloads[1]["data"]["projectEvents"]["card"] for sink in sinks]
    assert cards == [{"title": "Lens 4"}, {"column": {"name": "To do"}}]
    for sink in sinks:
        sink.live.close()


async def test_members_of_two_workspaces_share_nothing(engine: GraphEngine, lab: Lab, board: Board) -> None:
    # Given the same document, on boards of two people
    other = await make_board(await lab.person("eve@example.com"))
    ann = await watch(engine, await subject_of(board.ann), SHARED, p=board.project)
    eve = await watch(engine, await subject_of(other.ann), SHARED, p=other.project)
    for sink in (ann, eve):
        await sink.until(1)

    # When a card is created on each
    await board.card("Ann's lens")
    await other.card("Eve's lens")
    for sink in (ann, eve):
        await sink.until(2)

    # Then each sees the own one alone
    for sink, title in ((ann, "Ann's lens"), (eve, "Eve's lens")):
        created = [one["data"]["projectEvents"] for one in sink.payloads if "card" in one["data"]["projectEvents"]]
        assert [one["card"]["title"] for one in created] == [title]
        sink.live.close()


@pytest.mark.parametrize("different", ["variables", "filter", "scopes", "document"])
async def test_what_differs_is_not_shared(engine: GraphEngine, board: Board, different: str) -> None:
    ann = await subject_of(board.ann)
    first = await watch(engine, ann, SHARED, p=board.project)
    query, subject = SHARED, ann
    variables: dict[str, Any] = {"p": board.project}
    match different:
        case "variables":
            query = SHARED.replace("cursor actor", "cursor @include(if: $x) actor").replace("($p", "($x: Boolean! $p")
            variables["x"] = True
        case "filter":
            variables["types"] = ["CardCreated"]
        case "scopes":
            subject = Subject(ann.user_id, ann.credential, ALL_SCOPES - {TokenScope.PILOTAGE_WRITE}, ann.credential_id)
        case "document":
            query = SHARED.replace("Watch", "Look")
    second = await watch(engine, subject, query, **variables)
    for sink in (first, second):
        await sink.until(1)

    await board.card("Lens 4")
    for sink in (first, second):
        await sink.until(2)

    assert first.deliveries[1] is not second.deliveries[1]
    for sink in (first, second):
        sink.live.close()


def test_variables_that_only_say_where_to_resume_do_not_part_subscribers() -> None:
    shared = Documents(served_graph(), DEFAULTS, hide_suggestions=False).prepare(SHARED)

    assert shared.variables({"p": "1", "after": "a"}) == shared.variables({"p": "1", "after": "b"})
    assert shared.variables({"p": "1"}) != shared.variables({"p": "2"})
    assert resuming(parse(SHARED.replace("types: $types", "types: [$after]"))) == frozenset()


def _selects(document: DocumentNode) -> Selects:
    found = Selects()
    look: Any = [lambda context: Look(context, found)]
    assert validate(graph(), document, look) == []
    return found


def _reachable() -> dict[str, GraphQLObjectType]:
    """The types that events lead to."""
    schema = graph()
    assert schema.subscription_type is not None
    todo: list[Any] = [get_named_type(field.type) for field in schema.subscription_type.fields.values()]
    seen: dict[str, Any] = {}
    while todo:
        type_ = todo.pop()
        if type_.name in seen:
            continue
        seen[type_.name] = type_
        if is_object_type(type_):
            todo += [get_named_type(field.type) for field in type_.fields.values()]
        elif hasattr(type_, "types") or hasattr(type_, "interfaces"):
            todo += list(schema.get_possible_types(type_))
    return {name: type_ for name, type_ in seen.items() if is_object_type(type_)}


def test_the_fields_that_depend_on_the_viewer_are_known() -> None:
    found = set()
    for name, type_ in _reachable().items():
        for field_name, field in type_.fields.items():
            needed = [argument for argument, one in field.args.items() if str(one.type).endswith("!")]
            given = "(" + ", ".join(one + ': "x"' for one in needed) + ")" if needed else ""
            below = "" if is_leaf_type(get_named_type(field.type)) else " { __typename }"
            document = parse(f"fragment F on {name} {{ {field_name}{given}{below} }}")
            if _selects(document).by_viewer:
                found.add(f"{name}.{field_name}")

    assert found == {
        "AgentAutomation.file",
        "Card.credential",
        "Card.isUnread",
        "Card.preSession",
        "Organization.billingOverview",
        "Organization.budgets",
        "Organization.credentials",
        "Organization.defaultCredential",
        "Organization.defaultWorkspace",
        "Organization.invitations",
        "Organization.myRole",
        "Organization.workspace",
        "Organization.workspaces",
        "Preferences.lastProject",
        "Project.assistant",
        "Project.credential",
        "Project.panelStates",
        "Project.unreadCount",
        "User.apiTokens",
        "User.homeWorkspace",
        "User.authProvider",
        "User.consents",
        "User.creditWallet",
        "User.emailVerifiedAt",
        "User.mustChangePassword",
        "User.notifications",
        "User.notificationsCursor",
        "User.oauthGrants",
        "User.preferences",
        "User.serverRole",
        "User.sessions",
        "User.twoFactorEnabled",
        "User.unreadNotificationCount",
        "Wallet.topUp",
        "Workspace.invitations",
        "Workspace.myPilotageRole",
        "Workspace.myRole",
        "Workspace.plugins",
    }
