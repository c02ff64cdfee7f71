"""The rule of doors: what it finds in operations that are wrong, and what it leaves alone."""

from textwrap import dedent

import pytest

from tests.rules.code import ROOT, Code, Module, product
from tests.rules.doors import raw_reads

FILE = "resolvers/thing/thing.py"
MODELS = {
    "models/base.py": "def collection(model): ...",
    "models/thing.py": "class Thing(Stored):\n    workspace_id: ObjectId\nclass Person(Stored):\n    name: str",
    "models/__init__.py": "from models.thing import Person, Thing",
    "resolvers/kit/access.py": "async def access(ctx, noun, object_id, permission): ...",
}
HEAD = """
from models import Person, Thing
from models.base import collection
from resolvers.kit.access import access
from resolvers.kit.nouns import PROJECT, THING
"""


def lines_found(text: str) -> list[str]:
    """The lines of a module of operations that reads are found in."""
    text = HEAD + dedent(text)
    found = raw_reads(Code.read({**MODELS, FILE: text}))
    return [text.splitlines()[reach.line - 1].strip() for reach in found]


def found_without(file: str, before: str, after: str) -> list[str]:
    """Where reads are found once an operation of the product is changed so."""
    name, text = file.removesuffix(".py").replace("/", "."), (ROOT / file).read_text()
    assert before in text
    changed = Module.read(name, file, text.replace(before, after))
    return [reach.file for reach in raw_reads(Code({**product().modules, name: changed}))]


def test_no_operation_of_the_product_reads_by_a_clients_id_before_its_door() -> None:
    assert [str(reach) for reach in raw_reads(product())] == []


def test_an_id_that_a_client_gives_reaches_no_query() -> None:
    found = lines_found("""
        @operation("thing", scope=READ)
        async def get_thing(ctx: Context, thing_id: ObjectId | str) -> Record:
            wanted = parse_id(thing_id)
            query = {"_id": wanted, "deleted_at": None}
            return await collection(Thing).find_one(query)
    """)

    assert found == ["return await collection(Thing).find_one(query)"]


def test_nor_does_an_id_of_an_input_through_other_functions() -> None:
    found = lines_found("""
        @operation("thingJoin", opens=THING, permission=WRITE)
        async def join(ctx: Context, thing: ThingRecord, values: ThingJoin) -> Committed[Record]:
            async def body(change: Change) -> Record:
                return await _other(change, [one.other_id for one in values.parts])

            return await ctx.write(thing["workspace_id"], body)

        async def _other(change, ids):
            things = collection(Thing)
            return await things.find({"_id": {"$in": list(ids)}}).to_list()
    """)

    assert found == ['return await things.find({"_id": {"$in": list(ids)}}).to_list()']


def test_nor_one_of_a_path() -> None:
    found = lines_found("""
        @routes.get("/things/{thingId}", "Read a thing", runs=get_thing)
        async def get(call: Call) -> Thing:
            return await collection(Thing).count_documents({"parent_id": call.path["thingId"]})
    """)

    assert len(found) == 1


def test_nor_one_of_an_edges_arguments() -> None:
    found = lines_found("""
        @edge(scope=READ)
        async def things_of(ctx: Context, parents: Sequence[Record], fields: Fields, *, owner_id: ObjectId) -> list:
            return await (await collection(Thing).aggregate([{"$match": {"owner_id": owner_id}}])).to_list()
    """)

    assert len(found) == 1


def test_a_change_is_written_to_no_stream_that_a_client_names() -> None:
    found = lines_found("""
        @operation("thingTell", scope=WRITE)
        async def tell(ctx: Context, workspace_id: ObjectId | str) -> Committed[None]:
            return await ctx.write(parse_id(workspace_id), _body)
    """)

    assert found == ["return await ctx.write(parse_id(workspace_id), _body)"]


def test_a_door_that_is_passed_on_one_way_alone_is_none() -> None:
    found = lines_found("""
        @operation("thing", scope=READ)
        async def get_thing(ctx: Context, thing_id: ObjectId, quick: bool) -> Record:
            if quick:
                await access(ctx, THING, thing_id, READ)
            return await collection(Thing).find_one({"_id": thing_id})
    """)

    assert len(found) == 1


@pytest.mark.parametrize(
    "body",
    [
        """
        await access(ctx, THING, thing_id, READ)
        return await collection(Thing).find_one({"_id": thing_id})
        """,
        """
        return await collection(Thing).find_one({"_id": thing_id, "project_id": project["_id"]})
        """,
        """
        query = {"_id": thing_id}
        query["workspace_id"] = project["workspace_id"]
        return await collection(Thing).find_one(query)
        """,
        """
        stages = [{"$match": {"project_id": project["_id"]}}, {"$match": {"owner_id": thing_id}}]
        return await collection(Thing).aggregate(stages)
        """,
        """
        if values.other_id is not None:
            await access(ctx, THING, values.other_id, READ)
        return await collection(Thing).find_one({"_id": values.other_id})
        """,
        """
        return await collection(Thing).find_one({"project_id": values.project_id})
        """,
        """
        return await collection(Person).find_one({"_id": thing_id})
        """,
    ],
    ids=["opened", "bound", "bound later", "bound by a stage", "not given", "worked inside of", "no tenant's"],
)
def test_what_was_opened_or_is_bound_is_left_alone(body: str) -> None:
    head = """
@operation("thingMake", inside=PROJECT.whole, permission=WRITE)
async def make(ctx: Context, project: ProjectRecord, values: ThingMake, thing_id: ObjectId | str) -> Record:
"""

    assert lines_found(head + dedent(body).replace("\n", "\n    ")) == []


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("resolvers/card/label.py", '{"_id": wanted, "project_id": card["project_id"]}', '{"_id": wanted}'),
        (
            "resolvers/mission/mission.py",
            '{"_id": asked.card_id, "workspace_id": workspace_id}',
            '{"_id": asked.card_id}',
        ),
        (
            "resolvers/member/workspace_member.py",
            "    await check_workspace(ctx, wanted, policy.READ if",
            "    (policy if",
        ),
        (
            "resolvers/member/organization_member.py",
            "    await check_organization(ctx, wanted, policy.READ if",
            "    (policy if",
        ),
    ],
)
def test_operations_of_the_product_are_found_without_their_doors(file: str, before: str, after: str) -> None:
    assert file in found_without(file, before, after)
