"""The stored input of an import, on the disk while it is read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from tempfile import TemporaryFile

from models.records import TransferJobRecord
from resolvers.files.store import read_file
from resolvers.kit.upload import FILES
from resolvers.transfer.archive import NO_FILES, Source, source_of


@asynccontextmanager
async def opened(job: TransferJobRecord) -> AsyncIterator[Source]:
    """The file of a job, until the block ends; it has no name, so that nothing of it outlives the process.

    A draft comes with none.
    """
    if job.get("draft_id") is not None:
        yield NO_FILES
        return
    with TemporaryFile() as file:
        async for piece in read_file(job["_id"], 0, job["file_size"]):
            await FILES.run(file.write, piece, admitted=True)
        await FILES.run(file.flush, admitted=True)
        yield await FILES.run(source_of, file, admitted=True)
