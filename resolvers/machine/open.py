"""Opening a repository, after a look at what libgit2 would read of it. For processes of their own."""

import os
import re
import stat
from typing import Any

from models.project_roots import Place
from resolvers.machine.beneath import REPOSITORY, AbsentError, TooLargeError, open_folder, read_file
from resolvers.machine.git import UnreadableError, library

_FOLDERS = ("objects", "objects/info", "objects/pack", "refs", "refs/heads", "worktrees", "logs", "logs/refs")
_FILES = ("HEAD", "config", "config.worktree", "packed-refs", "index", "shallow")
_ELSEWHERE = ("commondir", "gitdir", "objects/info/alternates", "objects/info/http-alternates")
"""With these a repository consists of files that are not its own."""
_MAX_CONFIG = 256 * 1024
_INCLUDES = re.compile(rb"\[\s*include", re.IGNORECASE)


def open_repository(folder: Place) -> Any:
    """The repository in a folder, as pygit2 has it. Raises AbsentError without one, and UnreadableError for one that
    is damaged, or that leads to files elsewhere."""
    pygit2 = library()
    with open_folder(folder.inside(REPOSITORY)) as descriptor:
        for name in _FOLDERS:
            _require(descriptor, name, stat.S_ISDIR)
        for name in _FILES:
            _require(descriptor, name, stat.S_ISREG)
        for name in _ELSEWHERE:
            _require(descriptor, name, lambda _: False)
        for name in ("config", "config.worktree"):
            _check_config(folder.inside(REPOSITORY, name))
        try:
            opened = pygit2.Repository(folder.inside(REPOSITORY).path, pygit2.enums.RepositoryOpenFlag.NO_SEARCH)
            found = os.stat(opened.path)
        except (pygit2.GitError, OSError, KeyError, ValueError) as error:
            raise UnreadableError from error
        # What was opened is what was looked at.
        if not os.path.samestat(found, os.fstat(descriptor)):
            raise UnreadableError
    return opened


def _require(descriptor: int, name: str, is_right: Any) -> None:
    try:
        found = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
    except FileNotFoundError:
        return
    except OSError as error:
        raise UnreadableError from error
    if not is_right(found.st_mode):
        raise UnreadableError


def _check_config(place: Place) -> None:
    try:
        if _INCLUDES.search(read_file(place, _MAX_CONFIG)):
            raise UnreadableError
    except AbsentError:
        return
    except TooLargeError as error:
        raise UnreadableError from error
