"""A full pool refuses at the door, in REST and in GraphQL, and leaves everybody else alone."""

import asyncio
import threading
from collections.abc import AsyncIterator, Hashable
from contextlib import ExitStack, asynccontextmanager, suppress

import httpx
from bson import ObjectId

from auth.passwords import PASSWORDS
from models.admission import Admission
from models.caller import work_for
from models.errors import RateLimited
from models.pool import Pool
from resolvers.content import CONVERSIONS
from resolvers.kit.upload import Uploads
from resolvers.transfer.plan import IMPORTS
from serving.body import AT_ONCE, BODIES
from tests.gateway.lab import HOME, PASSWORD, Lab, Person, count_queries

LOGIN = {"email": "ann@example.com", "password": PASSWORD}
HERE = "127.0.0.1"
DOCUMENT = "mutation ($input: DocumentCreateInput!) { documentCreate(input: $input) { cursor } }"
SEARCH = 'query ($w: ID!) { search(workspaceId: $w, query: "word") { nodes { __typename } } }'
IMPORT = 'mutation ($w: ID!) { projectImport(workspaceId: $w, input: {project: {name: "P"}}) { cursor } }'
LONG = "word " * 10_000


@asynccontextmanager
async def full(pool: Pool, caller: Hashable) -> AsyncIterator[None]:
    """Holds as much of a caller as a pool lets in, and ends nothing of it while the block runs."""
    gate = threading.Event()

    async def wait() -> None:
        work_for(caller)
        await pool.run(gate.wait, 60)

    tasks = [asyncio.create_task(wait()) for _ in range(pool.of_one)]
    await asyncio.sleep(0)
    try:
        yield
    finally:
        gate.set()
        await asyncio.gather(*tasks)


async def home(person: Person) -> tuple[str, str]:
    """The workspace of a person: its id, and its path in REST."""
    organization = (await person.ask(HOME))["organizations"]["nodes"][0]
    workspace = organization["workspaces"]["nodes"][0]
    return workspace["id"], f"/orgs/{organization['slug']}/workspaces/{workspace['slug']}"


def is_told_when_to_come_again(answer: httpx.Response) -> bool:
    return answer.status_code == 429 and int(answer.headers["retry-after"]) >= 1


async def test_a_flood_of_logins_is_refused_at_its_address_and_those_of_others_are_let_in(lab: Lab) -> None:
    # Given Ann, and an address that has as many passwords looked at as it may
    ann = await lab.person("ann@example.com")
    async with full(PASSWORDS, HERE):
        # When it sends one more
        answer = await lab.client().post("/auth/login", json=LOGIN)

        # Then that is refused, whoever it names; Ann, who is signed in, goes on
        assert is_told_when_to_come_again(answer)
        assert await home(ann)

    async with full(PASSWORDS, "192.0.2.7"):
        assert (await lab.client().post("/auth/login", json=LOGIN)).is_success


async def test_who_sends_long_texts_is_refused_the_next_one_alone(lab: Lab) -> None:
    # Given Ann, who has as many texts read as she may, and Bob
    ann, bob = [await lab.person(f"{name}@example.com") for name in ("ann", "bob")]
    (workspace, path), (of_bob, _) = await home(ann), await home(bob)
    values = {"title": "Long", "content": LONG, "contentFormat": "MARKDOWN"}
    async with full(CONVERSIONS, ObjectId(ann.id)):
        # When both send another
        answer = await ann.http.post(f"{path}/documents", json={**values, "contentFormat": "markdown"})
        error = await ann.refused(DOCUMENT, input={"workspaceId": workspace, **values})
        await bob.ask(DOCUMENT, input={"workspaceId": of_bob, **values})

        # Then Bob's is there, and Ann's is refused before it is read; her short texts and her searches are not
        assert is_told_when_to_come_again(answer)
        assert error["extensions"]["code"] == "RATE_LIMITED"
        assert error["extensions"]["retryAfter"] >= 1
        await ann.ask(DOCUMENT, input={"workspaceId": workspace, "title": "Short", "content": "word"})
        await ann.ask(SEARCH, w=workspace)


async def test_who_sends_large_bodies_is_refused_the_next_one_alone(lab: Lab) -> None:
    ann, bob = [await lab.person(f"{name}@example.com") for name in ("ann", "bob")]
    (_, path), (_, of_bob) = await home(ann), await home(bob)
    large = {"title": "Large", "content": "word " * (AT_ONCE // 5)}
    async with full(BODIES, ObjectId(ann.id)):
        refused = await ann.http.post(f"{path}/documents", json=large)
        done = await bob.http.post(f"{of_bob}/documents", json=large)

        assert is_told_when_to_come_again(refused)
        assert done.is_success
        assert (await ann.http.post(f"{path}/documents", json={"title": "Small", "content": "word"})).is_success


async def test_who_imports_is_refused_the_next_one_alone(lab: Lab) -> None:
    ann, bob = [await lab.person(f"{name}@example.com") for name in ("ann", "bob")]
    (_, path), (_, of_bob) = await home(ann), await home(bob)
    whole = {"project": {"name": "P"}, "columns": [{"name": "C"}], "cards": [{"title": "T", "columnIndex": 0}]}
    async with full(IMPORTS, ObjectId(ann.id)):
        refused = await ann.http.post(f"{path}/projects/import", json=whole)
        done = await bob.http.post(f"{of_bob}/projects/import", json=whole)

        assert is_told_when_to_come_again(refused)
        assert done.is_success
        assert (await ann.http.post(f"{path}/projects", json={"name": "Own"})).is_success


async def test_a_person_has_two_imports_under_way_at_most(lab: Lab) -> None:
    # Given Ann, two of whose imports are under way
    ann, bob = [await lab.person(f"{name}@example.com") for name in ("ann", "bob")]
    (_, path), (_, of_bob) = await home(ann), await home(bob)
    whole = {"project": {"name": "P"}, "columns": [{"name": "C"}]}
    importing = lab.app.state.services.importing
    with importing.one(ObjectId(ann.id)), importing.one(ObjectId(ann.id)):
        # When she sends a third, and Bob one
        refused = await ann.http.post(f"{path}/projects/import", json=whole)
        done = await bob.http.post(f"{of_bob}/projects/import", json=whole)

    # Then hers is refused, and is taken once the others are over
    assert is_told_when_to_come_again(refused)
    assert done.is_success
    assert (await ann.http.post(f"{path}/projects/import", json=whole)).is_success


async def test_an_import_too_many_is_refused_before_its_body_is_read(lab: Lab) -> None:
    # Given Ann, two of whose imports are on their way
    ann = await lab.person("ann@example.com")
    (_, path), sent = await home(ann), list[str]()

    async def body() -> AsyncIterator[bytes]:
        sent.append("some")
        yield b"{}"

    receiving = lab.app.state.services.receiving
    with receiving.one(ObjectId(ann.id)), receiving.one(ObjectId(ann.id)):
        # When she begins to send a third
        headers = {"content-type": "application/json"}
        refused = await ann.http.post(f"{path}/projects/import", content=body(), headers=headers)

    # Then nobody has waited for it
    assert is_told_when_to_come_again(refused)
    assert sent == []


async def test_who_was_recognised_a_moment_ago_is_refused_without_a_look_into_the_database(lab: Lab) -> None:
    # Given Ann, who was here just now, and has as much under way as she may: imports, their files, and other files
    ann = await lab.person("ann@example.com")
    workspace, path = await home(ann)
    services = lab.app.state.services
    services.recognitions.seconds = 60
    try:
        assert (await ann.http.get("/auth/me")).is_success
        with ExitStack() as held:
            for bound in (services.receiving, services.importing, services.imports, services.uploads):
                fill(held, bound, ObjectId(ann.id))
            # When she sends more of each
            with count_queries() as asked:
                refused = [
                    await ann.http.post(f"{path}/projects/import", json={"project": {"name": "P"}}),
                    await ann.http.post(f"{path}/projects/import/jobs", files={"file": b"{}"}),
                    await ann.http.post("/graphql", data={"operations": "{}"}, files={"0": b"{}"}),
                    await ann.http.post("/graphql", json={"query": IMPORT, "variables": {"w": workspace}}),
                ]

        # Then nobody has asked who that is
        assert [is_told_when_to_come_again(one) for one in refused] == [True] * 4
        assert asked == []
    finally:
        services.recognitions.seconds = 0
        services.recognitions.forget()


def fill(held: ExitStack, bound: Admission | Uploads, user_id: ObjectId) -> None:
    """Take all places that one person has."""
    with suppress(RateLimited):
        while True:
            held.enter_context(bound.one(user_id))
