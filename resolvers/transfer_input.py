"""The stored input of an import, on the disk while it is read."""

import asyncio
import mmap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

from models.base import Record
from models.errors import BadUserInput
from resolvers.file_store import read_file
from resolvers.inputs.transfer import WholeImport
from resolvers.transfer_read import read_import


@dataclass(frozen=True, slots=True)
class Source:
    """The file of a project."""

    file: IO[bytes]

    def read(self) -> WholeImport:
        """What is in it, checked: a thread's work. Raises BadUserInput."""
        try:
            with mmap.mmap(self.file.fileno(), 0, access=mmap.ACCESS_READ) as text:
                return read_import(text)
        except ValueError as error:
            if isinstance(error, BadUserInput):
                raise
            raise BadUserInput("The file is empty") from error


@asynccontextmanager
async def opened(job: Record) -> AsyncIterator[Source]:
    """The input of a job, until the block ends. The file has no name, so that nothing of it outlives the process."""
    with TemporaryFile() as file:
        async for piece in read_file(job["_id"], 0, job["file_size"]):
            await asyncio.to_thread(file.write, piece)
        await asyncio.to_thread(file.flush)
        yield Source(file)
