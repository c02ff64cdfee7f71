"""What a workspace keeps of nouns that are created, changed and deleted alike.

A noun says what differs: its events, how many there may be, and what follows from the values that are written.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from models import Workspace
from models.base import AnyRecord, R, collection, to_record
from models.errors import Conflict, NotFound
from models.records import WorkspaceMemberRecord, WorkspaceRecord
from models.write import find_and_delete
from realtime.events import Event
from realtime.log import Change, Committed
from realtime.numbers import insert
from resolvers.deletion.deletion import bury, delete
from resolvers.deletion.plan import PLANS
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent, set_fields
from resolvers.kit.filters import compile_filter
from resolvers.kit.input import Input
from resolvers.kit.noun import Fields, Noun
from resolvers.kit.operation import edge
from resolvers.kit.page import ListEdge, Page, Sort, Window, pages

Follow = Callable[[Change, AnyRecord, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""What else is written with some values: of an object as it was before, which has a `workspace_id` alone when it is
created. Raises where those values may not be written."""


async def nothing(_change: Change, _before: AnyRecord, _values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What follows where nothing does."""
    return {}


@dataclass(frozen=True, slots=True)
class Register(Generic[R]):
    """The objects of a noun in each workspace, `most` at a time, and the events that tell of them.

    `unique` is the field of which no two have the same, where there is one.
    """

    noun: Noun[R]
    created: Callable[..., Event]
    updated: Callable[..., Event]
    deleted: Callable[..., Event]
    most: int
    follow: Follow = nothing
    unique: str | None = None

    @property
    def plural(self) -> str:
        """What people call several."""
        return collection(self.noun.model).name.replace("_", " ")

    @contextmanager
    def one_of_each(self) -> Iterator[None]:
        """Raise Conflict for what another object of the workspace is called by."""
        try:
            yield
        except DuplicateKeyError as error:
            if self.unique is None:
                raise
            raise Conflict(f"is taken by another {self.noun.word} of the workspace", field=self.unique) from error


async def create_in(
    ctx: Context, register: Register[R], membership: WorkspaceMemberRecord, values: Input
) -> Committed[R]:
    """A new object in a workspace."""
    workspace_id = membership["workspace_id"]

    async def body(change: Change) -> R:
        await require_parent(change, Workspace, workspace_id)
        return await create_with(ctx, change, register, workspace_id, values)

    return await ctx.write(workspace_id, body)


async def create_with(ctx: Context, change: Change, register: Register[R], workspace_id: ObjectId, values: Input) -> R:
    """The same as a part of a change of the workspace."""
    model = register.noun.model
    given = {name: value for name, value in values if name != "workspace_id"}
    await require_room(change, model, {"workspace_id": workspace_id}, register.most, register.plural)
    given_and_following = {**given, **await register.follow(change, {"workspace_id": workspace_id}, given)}
    made = {"created_by": ctx.user_id, "created_at": change.at, "updated_at": change.at}
    record: R = to_record(model(workspace_id=workspace_id, **given_and_following, **made))
    with register.one_of_each():
        await insert(change, model, record)
    change.append(workspace_id, register.created(**{register.noun.shown_as: record}))
    return record


async def update_in(ctx: Context, register: Register[R], door: R, values: Input) -> Committed[R]:
    """An object with other values; nothing is told where none differs."""
    workspace_id, object_id, model = door["workspace_id"], door["_id"], register.noun.model
    given = values.given()

    async def body(change: Change) -> R:
        before = await collection(model).find_one({"_id": object_id}, session=change.session)
        if before is None:
            raise NotFound(register.noun.title)
        record: R
        given_and_following = {**given, **await register.follow(change, before, given)}
        with register.one_of_each():
            record, differs = await set_fields(change, model, object_id, given_and_following)
        if differs:
            change.append(workspace_id, register.updated(**{register.noun.shown_as: record}))
        return record

    return await ctx.write(workspace_id, body)


async def delete_in(
    ctx: Context, register: Register[R], door: R, check: Callable[[R], None] = lambda _: None
) -> Committed[ObjectId]:
    """Delete an object, unless `check` raises of it as it is then; what names it lets go of it."""
    workspace_id, object_id, noun = door["workspace_id"], ObjectId(door["_id"]), register.noun

    async def body(change: Change) -> ObjectId:
        deleted: R | None = await find_and_delete(noun.model, {"_id": object_id}, change.session)
        if deleted is None:
            raise NotFound(noun.title)
        check(deleted)
        change.append(workspace_id, register.deleted(deleted_id=object_id))
        if noun.kind in PLANS:
            await bury(change, object_id, workspace_id)
        return object_id

    return await delete(ctx, workspace_id, body)


def listed(noun: Noun[Any], *, sort: Sort = ()) -> ListEdge:
    """The edge from workspaces to what they have of a noun, in pages, which can be filtered."""

    @edge(scope=noun.scope)
    async def pages_of(
        ctx: Context,
        workspaces: Sequence[WorkspaceRecord],
        fields: Fields,
        *,
        first: int | None = None,
        after: str | None = None,
        filter: Mapping[str, Any] | None = None,
    ) -> list[Page]:
        ids = [workspace["_id"] for workspace in workspaces]
        where, window = compile_filter(filter, noun.model), Window.read(first, after)
        found = await pages(noun.model, "workspace_id", ids, window, sort=sort, where=where, fields=fields)
        return [found[workspace_id] for workspace_id in ids]

    return pages_of
