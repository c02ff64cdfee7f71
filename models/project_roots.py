"""The folders of this machine that projects may have theirs in, as the operator names them (`ORRERY_PROJECT_ROOTS`)."""

from collections.abc import Sequence
from dataclasses import dataclass

ORGANIZATION = "{org}"
_REFUSED = ("/proc", "/sys", "/dev")


@dataclass(frozen=True, slots=True)
class Place:
    """Something beneath a folder: `base` is opened as the operator named it, and of `names` none that is a link."""

    base: str
    names: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return "/".join((self.base, *self.names))

    def inside(self, *names: str) -> "Place":
        """What has these names beneath it."""
        return Place(self.base, self.names + names)


@dataclass(frozen=True, slots=True)
class ProjectRoot:
    """A folder for projects. One of `names` may be `{org}`, for the slug of an organization; one without it is nobody's
    in particular."""

    base: str
    names: tuple[str, ...] = ()

    @property
    def is_shared(self) -> bool:
        return ORGANIZATION not in self.names

    def place(self, slug: str | None = None) -> Place:
        """Where it is for an organization."""
        return Place(self.base, tuple(slug if name == ORGANIZATION and slug else name for name in self.names))


def split_path(text: str) -> tuple[str, ...]:
    """The names that an absolute path consists of; raises ValueError for any other text."""
    if not text.startswith("/") or "\0" in text or not text.isprintable():
        raise ValueError("must be an absolute path")
    names = tuple(name for name in text.split("/") if name)
    if any(name in (".", "..") or len(name.encode()) > 255 for name in names):
        raise ValueError("must be an absolute path without . and ..")
    return names


def parse_project_roots(text: str) -> Sequence[ProjectRoot]:
    """Absolute folders with colons between them; raises ValueError."""
    return tuple(parse_root(part.strip()) for part in text.split(":") if part.strip())


def parse_root(text: str) -> ProjectRoot:
    """One absolute folder; raises ValueError."""
    names = split_path(text)
    if any(ORGANIZATION in name and name != ORGANIZATION for name in names) or names.count(ORGANIZATION) > 1:
        raise ValueError("may have {org} once, as the whole name of a folder")
    place = names.index(ORGANIZATION) if ORGANIZATION in names else len(names)
    base = "/" + "/".join(names[:place])
    if not names[:place] or any(base == refused or base.startswith(f"{refused}/") for refused in _REFUSED):
        raise ValueError(f"must be folders that hold projects, not {base}")
    return ProjectRoot(base, names[place:])
