"""Where folders are read, and where repositories are: never in the event loop, and of one caller a few at a time."""

from collections.abc import Callable
from typing import Any, TypeVar

from models.errors import NotConfigured, Unavailable
from models.pool import Pool
from models.processes import ProcessDiedError, Processes, ProcessTooSlowError
from resolvers.machine.git import MissingLibraryError

T = TypeVar("T")

FOLDERS = Pool("folders being read", threads=2, at_once=1, of_one=20, in_all=100)
REPOSITORIES = Pool("repositories being read", threads=2, at_once=1, of_one=20, in_all=100)
GIT = Processes()
"""What a repository holds may be made to harm whoever reads it: a process that hangs or dies takes nothing with it."""


async def with_git(work: Callable[..., T], *args: Any, pool: Pool = REPOSITORIES) -> T:
    """What `work` makes of a repository, in a process, when its turn comes in a pool.

    Raises what it raises, RateLimited where too much waits, NotConfigured without the library, and Unavailable where
    the process takes too long or dies.
    """
    try:
        return await pool.run(GIT.run, work, *args)
    except MissingLibraryError as error:
        raise NotConfigured("Repositories take the extra orrery[git], which is not installed here") from error
    except (ProcessTooSlowError, ProcessDiedError) as error:
        raise Unavailable from error
