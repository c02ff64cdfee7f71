"""The same thing asked for many times at once, and parents that go while children come: one winner, no orphan."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest
from bson import ObjectId

from gateway.database import Database
from resolvers.account.account import MAX_REGISTRATIONS_OF_MAILBOX
from tests.gateway.lab import PASSWORD, Board, Lab, Person
from tests.resolvers.deletions import finish_deletions
from tests.security.conftest import ACCEPT, ADD_MEMBER, INVITE, Shared, invited

DELETE_PROJECT = "mutation ($id: ID!) { projectDelete(id: $id) { cursor } }"
HISTORY = {"events", "heads"}


async def codes(*requests: Any) -> Counter[str]:
    """How often each outcome came: `done`, or the code of the one error."""
    answers = await asyncio.gather(*requests)
    return Counter(body["errors"][0]["extensions"]["code"] if "errors" in body else "done" for body in answers)


def statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


async def documents_with(database: Database, **fields: str) -> list[str]:
    """The collections, history aside, that still hold a document of a parent."""
    query = {name: ObjectId(value) for name, value in fields.items()}
    names = set(await database.db.list_collection_names()) - HISTORY
    return [name for name in sorted(names) if await database.db[name].find_one(query) is not None]


async def test_one_of_many_registrations_of_an_address_wins(lab: Lab, clean: Database) -> None:
    spellings = ["ann@example.com", "ANN@example.com", "ann@EXAMPLE.com", " ann@example.com "]
    answers = await asyncio.gather(
        *(
            lab.client().post("/auth/register", json={"email": spellings[n % 4], "password": PASSWORD})
            for n in range(20)
        )
    )

    of_one_mailbox = MAX_REGISTRATIONS_OF_MAILBOX
    assert statuses(answers) == {201: 1, 409: of_one_mailbox - 1, 429: 20 - of_one_mailbox}
    counts = [await clean.db[name].count_documents({}) for name in ("users", "organizations", "workspaces")]
    assert counts == [1, 1, 1]


@pytest.mark.parametrize("kind", ["organization", "workspace", "agent", "label"])
async def test_one_of_many_that_take_a_name_at_once_wins(board: Board, kind: str) -> None:
    parent = {"workspace": "organizationId", "agent": "workspaceId", "label": "projectId"}.get(kind)
    parent_id = {"workspace": board.organization, "agent": board.workspace, "label": board.project}.get(kind)
    given = {"name": "Same", **({} if kind == "label" else {"slug": "same"}), **({parent: parent_id} if parent else {})}
    query = f"mutation ($i: {kind.title()}CreateInput!) {{ {kind}Create(input: $i) {{ cursor }} }}"

    assert await codes(*(board.ann.send(query, i=given) for _ in range(20))) == {"done": 1, "CONFLICT": 19}


async def test_an_invitation_is_accepted_once(lab: Lab, board: Board, clean: Database) -> None:
    bob = await lab.person("bob@example.com")
    token = await invited(board, bob.email)

    assert await codes(*(bob.send(ACCEPT, token=token) for _ in range(10))) == {"done": 1, "CONFLICT": 9}

    for name in ("workspace_members", "organization_members"):
        assert await clean.db[name].count_documents({"user_id": ObjectId(bob.id)}) == 2  # with those of his own


async def _busy(board: Board, bob: Person, mission_agent: str) -> list[Any]:
    """Changes of all kinds inside the board's project, none of which has begun."""
    ann, project = board.ann, board.project
    card = await board.card("Stays")
    send = ann.send
    inputs: list[tuple[str, dict[str, Any]]] = [
        ("CardCreate", {"projectId": project, "columnId": board.todo, "title": "New"}),
        ("CardCreate", {"projectId": project, "title": "Loose", "checklist": [{"title": "x"}]}),
        ("ColumnCreate", {"projectId": project, "name": "New"}),
        ("ScopeCreate", {"projectId": project, "name": "New"}),
        ("LabelCreate", {"projectId": project, "name": "New"}),
        ("CommentCreate", {"cardId": card, "content": "New"}),
        ("MissionCreate", {"agentId": mission_agent, "cardId": card, "prompt": "Go"}),
    ]
    asked = [
        send(f"mutation ($i: {name}Input!) {{ {name[0].lower()}{name[1:]}(input: $i) {{ cursor }} }}", i=given)
        for name, given in inputs
    ]
    update = "mutation ($id: ID!, $i: CardUpdateInput!) { cardUpdate(id: $id, input: $i) { cursor } }"
    return [*asked, send(update, id=card, i={"title": "Other"}), send(ADD_MEMBER, project=project, user=bob.id)]


@pytest.mark.parametrize("first", [0, 4, 9])
async def test_nothing_is_left_of_a_project_that_is_deleted_while_it_is_worked_on(
    lab: Lab, board: Board, clean: Database, first: int
) -> None:
    bob = await lab.person("bob@example.com")
    await bob.ask(ACCEPT, token=await invited(board, bob.email))
    agent = await board.ann.ask(
        'mutation ($w: ID!) { agentCreate(input: {workspaceId: $w, name: "A", slug: "ada"}) { agent { id } } }',
        w=board.workspace,
    )
    work = await _busy(board, bob, agent["agentCreate"]["agent"]["id"])
    delete = board.ann.send(DELETE_PROJECT, id=board.project)

    found = await codes(*work[:first], delete, *work[first:])

    assert set(found) <= {"done", "NOT_FOUND", "AGENT_RUNNING"}
    if "AGENT_RUNNING" in found:  # somebody was faster: what they began ends first
        for mission in await clean.db.missions.find({}, {"_id": 1}).to_list():
            await board.ann.ask("mutation ($id: ID!) { missionCancel(id: $id) { cursor } }", id=str(mission["_id"]))
        await board.ann.ask(DELETE_PROJECT, id=board.project)
    await finish_deletions(lab.app.state.services)
    # Missions are the workspace's: they outlive what they were about.
    assert set(await documents_with(clean, project_id=board.project)) <= {"missions"}
    assert await documents_with(clean, _id=board.project) == []


@pytest.mark.parametrize("first", [0, 3])
async def test_nothing_is_left_of_a_workspace_that_is_deleted_while_people_join(
    lab: Lab, board: Board, clean: Database, first: int
) -> None:
    ann, people = board.ann, [await lab.person(f"p{n}@example.com") for n in range(3)]
    tokens = [await invited(board, one.email) for one in people]
    project = "mutation ($i: ProjectCreateInput!) { projectCreate(input: $i) { cursor } }"
    agent = "mutation ($i: AgentCreateInput!) { agentCreate(input: $i) { cursor } }"
    copy = 'mutation ($w: ID!) { projectImport(workspaceId: $w, input: {project: {name: "B"}}) { cursor } }'
    work = [
        *(one.send(ACCEPT, token=token) for one, token in zip(people, tokens, strict=True)),
        ann.send(project, i={"workspaceId": board.workspace, "name": "A"}),
        ann.send(copy, w=board.workspace),
        ann.send(agent, i={"workspaceId": board.workspace, "name": "A", "slug": "ada"}),
        ann.send(INVITE, workspace=board.workspace, email="late@example.com"),
    ]
    delete = ann.send("mutation ($id: ID!) { workspaceDelete(id: $id) { cursor } }", id=board.workspace)

    found = await codes(*work[:first], delete, *work[first:])

    assert set(found) <= {"done", "NOT_FOUND"}
    await finish_deletions(lab.app.state.services)
    assert await documents_with(clean, workspace_id=board.workspace) == []
    assert await clean.db.users.count_documents({"is_agent": True}) == 0


async def test_who_is_removed_is_not_assigned_anything_afterwards(shared: Shared, clean: Database) -> None:
    board, bob = shared.board, shared.bob
    cards = [await board.card(f"{n}") for n in range(4)]
    assign = "mutation ($id: ID!, $u: ID) { cardUpdate(id: $id, input: {assigneeId: $u}) { cursor } }"
    remove = "mutation ($w: ID!, $u: ID!) { workspaceMemberRemove(workspaceId: $w, userId: $u) { cursor } }"

    found = await codes(
        *(shared.ann.send(assign, id=card, u=bob.id) for card in cards[:2]),
        shared.ann.send(remove, w=board.workspace, u=bob.id),
        *(shared.ann.send(assign, id=card, u=bob.id) for card in cards[2:]),
    )

    assert set(found) <= {"done", "BAD_USER_INPUT"}
    assert await codes(shared.ann.send(assign, id=cards[0], u=None), shared.ann.send(assign, id=cards[0], u=bob.id))
    assert await documents_with(clean, workspace_id=board.workspace, user_id=bob.id) == []


async def test_a_workspace_never_has_two_owners(shared: Shared, clean: Database) -> None:
    board = shared.board
    promote = """mutation ($w: ID!, $u: ID!, $r: Role!) {
      workspaceMemberUpdate(workspaceId: $w, userId: $u, input: {role: $r}) { cursor } }"""

    found = await codes(
        *(shared.ann.send(promote, w=board.workspace, u=shared.bob.id, r="OWNER") for _ in range(5)),
        shared.ann.send(promote, w=board.workspace, u=shared.ann.id, r="MEMBER"),
        shared.bob.send(promote, w=board.workspace, u=shared.bob.id, r="ADMIN"),
    )

    owners = {"workspace_id": ObjectId(board.workspace), "role": "owner"}
    assert await clean.db.workspace_members.count_documents(owners) == 1
    assert found["done"] == 0
