"""What a step of `orrery migrate` is: a back-fill of documents that an earlier version wrote."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from models.base import R, Recorded, collection

PORTION = 500


class Work(Protocol):
    """How a step is told where to begin, and tells how far it is."""

    @property
    def place(self) -> Any:
        """What was last given to `reached`, by an earlier run that was interrupted; None at the beginning."""

    def expect(self, total: int) -> None:
        """How many units there are."""

    async def reached(self, place: Any, units: int) -> None:
        """Some more are done, and a run after an interruption may begin at `place`, a BSON value."""


@dataclass(frozen=True, slots=True)
class MigrationStep:
    """A back-fill. `name` is what the database remembers it by, once it is done: it never changes.

    `run` may be interrupted anywhere and run again, so what it does twice does no harm.
    """

    name: str
    title: str
    run: Callable[[Work], Awaitable[None]]


async def over_all(
    model: type[Recorded[R]],
    work: Work,
    each: Callable[[Sequence[R]], Awaitable[None]],
    fields: Sequence[str] = (),
) -> None:
    """Give every document of a collection to `each`, with `fields` or whole, in portions and in the order of ids."""
    documents = collection(model)
    work.expect(await documents.estimated_document_count())
    after = {} if work.place is None else {"_id": {"$gt": work.place}}
    portion: list[R] = []
    async for document in documents.find(after, dict.fromkeys(fields, 1) or None, batch_size=PORTION).sort("_id", 1):
        portion.append(document)
        if len(portion) == PORTION:
            await each(portion)
            await work.reached(portion[-1]["_id"], len(portion))
            portion = []
    if portion:
        await each(portion)
        await work.reached(portion[-1]["_id"], len(portion))
