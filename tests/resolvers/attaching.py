"""What tests of attachments are written with: uploads out of memory, and looks at what is stored."""

from collections.abc import AsyncIterator
from typing import Any

from bson import ObjectId

from models import FileChunk, FileLeftover, StorageAccount, StoredFile
from models.base import collection
from models.records import AttachmentRecord, CardRecord
from resolvers.attachment.attachment import create_attachment
from resolvers.files.store import read_file
from resolvers.inputs.attachment import AttachmentCreate
from resolvers.kit.upload import Upload
from tests.resolvers.projects import Board

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(40)
PIECE = 50_000


def upload(content: bytes, name: str = "notes.txt", mime_type: str | None = "text/plain") -> Upload:
    """A file that comes in pieces."""

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(content), PIECE):
            yield content[start : start + PIECE]

    return Upload(name, mime_type, chunks)


async def attach(board: Board, card: CardRecord, content: bytes = b"Hello", **named: Any) -> AttachmentRecord:
    """A new attachment of a card."""
    values = AttachmentCreate(card_id=card["_id"], file=upload(content, **named))
    return (await create_attachment(board.ctx, values)).value


async def content_of(file_id: ObjectId, size: int) -> bytes:
    """All bytes of a stored file."""
    return b"".join([piece async for piece in read_file(file_id, 0, size)])


async def stored(file_id: ObjectId) -> tuple[int, int, int]:
    """How many files, chunks and leftovers there are of an id."""
    return (
        await collection(StoredFile).count_documents({"_id": file_id}),
        await collection(FileChunk).count_documents({"files_id": file_id}),
        await collection(FileLeftover).count_documents({"_id": file_id}),
    )


async def used(workspace_id: ObjectId) -> int | None:
    """The bytes that a workspace has stored by its counter; None without one."""
    found = await collection(StorageAccount).find_one({"_id": workspace_id})
    return None if found is None else int(found["bytes"])
