"""What every document shares: the typed id, times in UTC milliseconds, and the way between documents and records."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Generic, Protocol, TypeVar, cast

from beanie import Document, PydanticObjectId
from beanie.odm.utils.dump import get_dict
from pydantic import BaseModel, ConfigDict, Field
from pymongo import UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError

from models.facts import Facts
from models.ids import Kind, new_id
from models.text import sort_key

DUPLICATE_KEY = 11000
WRITTEN_AT_ONCE = 10
"""Records that one command writes: the embedded database locks a collection for as long as a command takes, which is a
millisecond or two a record, and others have their turn between two."""

Record = dict[str, Any]
"""A document as MongoDB returns it. The read path carries records, never pydantic models: building 500 of those costs
more than reading them. Each class has a type of its own, in `models.records`; this is one of any."""

AnyRecord = Mapping[str, Any]
"""What takes a record of any class, to read it."""

R = TypeVar("R", bound=AnyRecord)
M = TypeVar("M", bound=BaseModel)


def utc_now() -> datetime:
    """Now in UTC, cut to the milliseconds that BSON keeps, so that what was written equals what is read."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


UpdatedAt = Annotated[datetime, Facts("When it last changed.")]
ChangeCount = Annotated[int, Facts("Counts its changes; send it back as `expectedVersion`.")]


def timestamp(value: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and Z."""
    return value.astimezone(UTC).isoformat("T", "milliseconds").removesuffix("+00:00") + "Z"


def id_factory(kind: Kind) -> Callable[[], PydanticObjectId]:
    """A default factory of ids for documents of `kind`."""
    return lambda: PydanticObjectId(new_id(kind))


def kind(_code: int, _name: str | None = None) -> Callable[[type[M]], type[M]]:
    """Says that objects of a class, or parts of those, are a kind: its code, 0x01 to 0xFF, is in their ids for good, so
    it is one that nobody has had. The kind is called as the class is, where no name is given.

    The class is the same, whatever it says: `orrery records --write` reads this, and makes `models.kinds` of it.
    """
    return lambda model: model


class Recorded(Document, Generic[R]):
    """A class of documents that are read as `R`: its TypedDict in `models.records`, which is made of its fields.

    Only the type checker knows `R`: a class is the same at run time, whatever it is given. `added` are keys that
    operations add to a record before it is shown, with their types.
    """

    added: ClassVar[Mapping[str, Any]] = {}

    def __class_getitem__(cls, record: Any) -> Any:
        return cls


class Stored(Recorded[R]):
    """A document that this product owns. Subclasses set `id` with `id_factory` and name their collection."""

    # Built when one is first made: a process makes documents of few classes, and a command of none.
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, defer_build=True)

    created_at: Annotated[datetime, Facts("When it was created.")] = Field(default_factory=utc_now)


def sort_keys(model: type[Recorded[Any]], values: Mapping[str, Any]) -> Record:
    """What is kept beside texts that lists are sorted by: set wherever those are (docs/decisions/0037)."""
    kept: Record = {
        f"{name}_key": sort_key(values[name])
        for name in ("title", "name")
        if name in values and f"{name}_key" in model.model_fields
    }
    if "custom_values" in values:
        kept["text_keys"] = text_keys(values["custom_values"])
    return kept


def text_keys(values: Mapping[str, Any]) -> dict[str, str]:
    """The same for the texts among the values of custom fields, by field."""
    return {field_id: sort_key(value) for field_id, value in values.items() if isinstance(value, str)}


def collection(model: type[Recorded[R]]) -> AsyncCollection[R]:
    """The PyMongo collection behind a document class, for reads with a projection and for writes in a transaction.

    What a projection leaves out is missing, though the type has it.
    """
    return model.get_pymongo_collection()


async def aggregate(model: type[Recorded[Any]], pipeline: Sequence[AnyRecord], **options: Any) -> list[Any]:
    """What a pipeline makes of a collection: rows of a shape of their own."""
    return await (await collection(model).aggregate(pipeline, **options)).to_list()


def with_changes(record: R, changes: AnyRecord) -> R:
    """The record with other values, or with more."""
    return cast(R, {**record, **changes})


def without(record: R, names: Collection[str]) -> R:
    """The record less some keys: they are missing, though the type has them."""
    return cast(R, {name: value for name, value in record.items() if name not in names})


class Work(Protocol):
    """What writes in a transaction, and gives way to others between its commands."""

    @property
    def session(self) -> AsyncClientSession: ...

    async def give_way(self) -> None: ...


async def write_all(
    model: type[Recorded[Any]],
    writes: Sequence[Any],
    session: AsyncClientSession,
    give_way: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Carry out any number of writes of a few kilobytes each, in any order, as `insert_all` inserts.

    Two processes that store the same for the first time conflict as they would at one that is there.
    """
    for start in range(0, len(writes), WRITTEN_AT_ONCE):
        try:
            await collection(model).bulk_write(writes[start : start + WRITTEN_AT_ONCE], ordered=False, session=session)
        except BulkWriteError as error:
            if DUPLICATE_KEY in codes_of(error):
                error._add_error_label("TransientTransactionError")
            raise
        if give_way is not None:
            await give_way()


def codes_of(error: BulkWriteError) -> set[int]:
    """The codes of those writes of a command that failed."""
    return {failure["code"] for failure in (error.details or {}).get("writeErrors", ())}


async def insert_all(
    model: type[Recorded[R]], records: Sequence[R], work: Work, at_once: int = WRITTEN_AT_ONCE
) -> None:
    """Insert any number of records in order, `at_once` with a command."""
    for start in range(0, len(records), at_once):
        await collection(model).insert_many(records[start : start + at_once], session=work.session)
        await work.give_way()


async def update_all(
    model: type[Recorded[Any]], updates: Sequence[UpdateOne], work: Work, at_once: int = WRITTEN_AT_ONCE
) -> None:
    """Carry out any number of updates, as `insert_all` inserts."""
    for start in range(0, len(updates), at_once):
        await collection(model).bulk_write(updates[start : start + at_once], session=work.session)
        await work.give_way()


def to_record(document: Recorded[R]) -> R:
    """The record that a validated document is stored as (`_id`, snake_case keys, nulls kept)."""
    record: R = get_dict(document, to_db=True, keep_nulls=True)
    return record
