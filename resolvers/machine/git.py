"""What is read of a repository, by libgit2: it runs no filter, hook, text conversion or monitor that a repository
names, as the program of that name does (decision 80). For processes of their own (`resolvers.machine.work`)."""

from typing import Any

from models.project_roots import Place
from resolvers.machine.beneath import REPOSITORY, open_file

MAX_FILES = 50_000


class MissingLibraryError(Exception):
    """pygit2 is not installed."""


class UnreadableError(Exception):
    """What is there is no repository that can be read."""


def library() -> Any:
    """pygit2, which reads no settings but those of repositories. Raises MissingLibraryError."""
    try:
        import pygit2
    except ImportError as error:
        raise MissingLibraryError from error
    for level in (pygit2.enums.ConfigLevel.GLOBAL, pygit2.enums.ConfigLevel.XDG, pygit2.enums.ConfigLevel.SYSTEM):
        pygit2.settings.search_path[level] = ""
    return pygit2


def tracked_files(folder: Place) -> list[str]:
    """The files of a repository's index, in its order; at most MAX_FILES, without those whose names are no text.

    Nothing but the index is opened. Raises AbsentError without one, UnreadableError for one that is damaged.
    """
    pygit2 = library()
    with open_file(folder.inside(REPOSITORY, "index")) as descriptor:
        try:
            index = pygit2.Index(f"/dev/fd/{descriptor}")
            names = [_name(index, place) for place in range(min(len(index), MAX_FILES))]
        except (pygit2.GitError, OSError) as error:
            raise UnreadableError from error
    return [name for name in names if name is not None]


def _name(index: Any, place: int) -> str | None:
    try:
        return str(index[place].path)
    except UnicodeDecodeError:
        return None
