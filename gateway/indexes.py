"""The indexes of every collection: which are missing, and building them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import IndexModel
from pymongo.asynchronous.database import AsyncDatabase

from models import DOCUMENTS, Migration
from models.base import Record, Recorded, collection

OPTIONS = ("unique", "sparse", "expireAfterSeconds", "partialFilterExpression")
"""What an index of the same name may have otherwise than declared."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Indexes of one collection that are not there, those of the same names that are otherwise, and those of an earlier
    version that a declared one goes further than."""

    model: type[Recorded[Any]]
    indexes: Sequence[IndexModel]
    outdated: Sequence[str]
    superseded: Sequence[str] = ()

    @property
    def of_documents_that_stay(self) -> "Missing":
        """The same without indexes that let documents expire."""
        stay = [index for index in self.indexes if "expireAfterSeconds" not in index.document]
        return Missing(self.model, stay, self.outdated, self.superseded)

    @property
    def told(self) -> str:
        return f"{len(self.indexes) or len(self.superseded)} of {collection(self.model).name}"


async def missing_indexes(db: AsyncDatabase[Record]) -> list[Missing]:
    """What `build` has to be called for; nothing where every declared index is there as it is declared."""
    there = set(await db.list_collection_names())
    half = {record["_id"]: record["place"] async for record in db[Migration.Settings.name].find({"done_at": None})}
    pending: list[Missing] = []
    for model in DOCUMENTS:
        declared = [index.index for index in model.get_settings().indexes]
        if not declared:
            continue
        name = collection(model).name
        known = await db[name].index_information() if name in there else {}
        doubtful = half.get(_mark(name), ())
        wanted = [
            index for index in declared if index.document["name"] in doubtful or not _is_there(index.document, known)
        ]
        superseded = [index for index, found in known.items() if _is_superseded(index, found, declared)]
        if wanted or superseded:
            outdated = [object_id.document["name"] for object_id in wanted if object_id.document["name"] in known]
            pending.append(Missing(model, wanted, outdated, superseded))
    return pending


async def build(missing: Missing) -> None:
    """Build what is missing of one collection, in one reading of it, and drop what is superseded. Others stay.

    The embedded database knows an index before it has read the documents for it, and would know it after a kill with
    only some of them. So what is being built is remembered, and built again where it was interrupted.
    """
    documents, marks = collection(missing.model), collection(Migration)
    names = [index.document["name"] for index in missing.indexes]
    mark = {"_id": _mark(documents.name)}
    has_some = await documents.find_one({}, {"_id": 1}) is not None
    if has_some:
        await marks.replace_one(mark, {"place": names, "done_at": None}, upsert=True)
    for name in missing.outdated:
        await documents.drop_index(name)
    if missing.indexes:
        await documents.create_indexes(list(missing.indexes))
    for name in missing.superseded:
        await documents.drop_index(name)
    if has_some:
        await marks.delete_one(mark)


def _mark(name: str) -> str:
    return f"indexes of {name}"


def _is_there(declared: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    found = known.get(declared["name"])
    if found is None or _keys(declared["key"].items()) != _keys(found["key"]):
        return False
    return all(declared.get(option) == found.get(option) for option in OPTIONS)


def _is_superseded(name: str, found: Mapping[str, Any], declared: Sequence[IndexModel]) -> bool:
    """Whether an index only costs each write, since a declared one begins with its keys and has more.

    Somebody else's own index has another name than the driver gives.
    """
    keys = _keys(found["key"])
    is_plain = all(found.get(option) is None or found[option] is False for option in OPTIONS)
    if not is_plain or name != "_".join(f"{key}_{direction}" for key, direction in keys):
        return False
    others = [_keys(index.document["key"].items()) for index in declared]
    return keys not in others and any(other[: len(keys)] == keys for other in others)


def _keys(pairs: Iterable[tuple[str, Any]]) -> list[tuple[str, int]]:
    # Servers give a direction back as a float now and then.
    return [(name, int(direction)) for name, direction in pairs]
