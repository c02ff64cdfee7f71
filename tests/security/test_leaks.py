"""No stored hash and no secret of a session leaves the database: not by GraphQL, not by REST, not into the history."""

from collections.abc import Iterator

import bson
from graphql import GraphQLNamedType, GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument

from gateway.database import Database
from rest.app import TABLE
from schema.graph import graph
from tests.gateway.lab import Lab, Person
from tests.security.conftest import Shared

HASHES = ("password_hash", "secret_hash", "csrf_token")
AGENT = """mutation ($w: ID!) {
  agentCreate(input: {workspaceId: $w, name: "Ada", slug: "ada"}) { agent { id user { id } } token }
}"""
MISSION = 'mutation ($a: ID!, $c: ID!) { missionCreate(input: {agentId: $a, cardId: $c, prompt: "Go"}) { cursor } }'
COMMENT = 'mutation ($card: ID!) { commentCreate(input: {cardId: $card, content: "Look"}) { cursor } }'
TOKEN = 'mutation { apiTokenCreate(input: {name: "CI"}) { apiToken { id } } }'
SLUG = "query ($id: ID!) { node(id: $id) { ... on Workspace { slug } } }"
PRIVATE = frozenset(
    {
        "notifications",
        "notificationsCursor",
        "unreadNotificationCount",
        "apiTokens",
        "consents",
        "preferences",
        "creditWallet",
        "oauthGrants",
        "sessions",
    }
)
"""Fields that answer with an error for anybody but the viewer."""


def everything(type_: GraphQLNamedType, depth: int, seen: frozenset[str], *, own: bool) -> str:
    """A selection of every field that takes no argument, down to `depth` types below."""
    if not isinstance(type_, GraphQLObjectType):
        return "{ __typename }"
    chosen = ["__typename"]
    for name, field in type_.fields.items():
        inner = get_named_type(field.type)
        if any(is_required_argument(one) for one in field.args.values()) or (name in PRIVATE and not own):
            continue
        if is_leaf_type(inner):
            chosen.append(name)
        elif depth and inner.name not in seen:
            chosen.append(f"{name} {everything(inner, depth - 1, seen | {type_.name}, own=False)}")
    return "{ " + " ".join(chosen) + " }"


def parts(type_: GraphQLNamedType, *, own: bool) -> Iterator[str]:
    """Selections that together have every field down to three types below, each within the limits of a document."""
    assert isinstance(type_, GraphQLObjectType)
    leaves = everything(type_, 0, frozenset(), own=own)
    yield leaves
    for name, field in type_.fields.items():
        inner = get_named_type(field.type)
        if is_leaf_type(inner) or any(is_required_argument(one) for one in field.args.values()):
            continue
        if own or name not in PRIVATE:
            yield f"{{ {name} {everything(inner, 2, frozenset({type_.name}), own=False)} }}"


async def read(person: Person, query: str, **variables: str) -> str:
    """All that a person is told; what only admins see may be refused."""
    answer = await person.send(query, **variables)
    refusals = {error["extensions"]["code"] for error in answer.get("errors", ())}
    is_admins = any(field in query for field in ("invitations", "budgets", "credentials", "plugins", "billingOverview"))
    assert refusals <= ({"FORBIDDEN"} if is_admins else set()), answer["errors"]
    return str(answer)


async def test_no_hash_is_in_any_answer_or_event(shared: Shared, lab: Lab, clean: Database) -> None:
    # Given one of everything, and the hashes that the database holds
    board, ann = shared.board, shared.ann
    label = "mutation ($i: LabelCreateInput!) { labelCreate(input: $i) { cursor } }"
    await ann.ask(label, i={"projectId": board.project, "name": "bug"})
    card = await board.card("First", assigneeId=shared.bob.id, checklist=[{"title": "Step"}])
    agent = (await ann.ask(AGENT, w=board.workspace))["agentCreate"]["agent"]["id"]
    await ann.ask(MISSION, a=agent, c=card)
    await ann.ask(COMMENT, card=card)
    await ann.ask(TOKEN)
    hashes: set[str] = set()
    for name in await clean.db.list_collection_names():
        async for document in clean.db[name].find({}):
            hashes |= {document[key] for key in HASHES if document.get(key)}

    # When everything is read that can be reached
    schema = graph()
    objects = {"Card": card, "Project": board.project, "Workspace": board.workspace, "Agent": agent}
    answers: list[str] = []
    for person in (ann, shared.bob):
        for kind, one in objects.items():
            for selection in parts(schema.type_map[kind], own=False):
                query = f"query ($id: ID!) {{ node(id: $id) {{ ... on {kind} {selection} }} }}"
                answers.append(await read(person, query, id=one))
        for root in ("viewer", "organizations"):
            assert schema.query_type is not None
            below = get_named_type(schema.query_type.fields[root].type)
            answers += [await read(person, f"{{ {root} {one} }}") for one in parts(below, own=True)]
        workspace = await person.ask(
            "query ($id: ID!) { node(id: $id) { ... on Workspace { slug } } }", id=board.workspace
        )
        given = {"orgSlug": board.org_slug, "wsSlug": workspace["node"]["slug"], "projectId": board.project}
        given |= {"cardId": card, "agentId": agent}
        for route in TABLE:
            if route.method == "GET" and route.path.count("{") == sum(f"{{{name}}}" in route.path for name in given):
                answer = await person.http.get(
                    route.path.format(**given), params={"q": "first"} if "search" in route.path else None
                )
                is_admins = any(
                    noun in route.path
                    for noun in ("invitations", "plugins", "credentials", "integrations", "billing/overview", "topup")
                )
                is_admins = is_admins or route.operation.server_role is not None
                # 409: the project has no folder; 400: nobody has begun to sign in.
                refused = (400, 403, 404, 409) if is_admins else (400, 404, 409)
                assert answer.status_code in (200, *refused), answer.text
                # A person's own CSRF token is told to them alone.
                answers.append(answer.text if route.path != "/auth/me" else "")
    history = [bson.encode(event) async for event in clean.db.events.find({})]

    # Then none of them is in it
    assert len(hashes) >= 8
    assert len(answers) > 30
    assert not [one for one in hashes for answer in answers if one in answer]
    assert not [one for one in hashes for event in history if one.encode() in event]
    assert not [answer for answer in answers if "argon2" in answer or "Hash" in answer or "_hash" in answer]
