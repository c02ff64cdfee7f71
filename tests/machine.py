"""A folder of this machine where the projects of tests have theirs, with real repositories."""

import atexit
import functools
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pygit2

from models.project_roots import ProjectRoot, parse_project_roots, parse_root

FILES: Mapping[str, str] = {"README.md": "# Launch\n", "src/main.py": "print('launch')\n"}
ANN = pygit2.Signature("Ann", "ann@example.com", 1_700_000_000, 0)


@functools.cache
def base() -> Path:
    """Where the folders of organizations are, and worktrees, until this process ends."""
    made = Path(tempfile.mkdtemp(prefix="orrery-machine-")).resolve()
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def project_roots() -> tuple[ProjectRoot, ...]:
    """What `ORRERY_PROJECT_ROOTS` would name."""
    return tuple(parse_project_roots(f"{base()}/roots/{{org}}"))


def automations_root() -> ProjectRoot:
    """What `ORRERY_AUTOMATIONS_DIR` would name."""
    return parse_root(f"{base()}/automations/{{org}}")


def folder_of(slug: str, name: str = "launch") -> Path:
    """The folder of a project of an organization."""
    return base() / "roots" / slug / name


def repository(folder: Path, files: Mapping[str, str] = FILES) -> pygit2.Repository:
    """A new repository with one commit on its branch `main`."""
    made = pygit2.init_repository(str(folder), initial_head="main")
    commit(made, files, "The beginning")
    return made


def commit(into: pygit2.Repository, files: Mapping[str, str], message: str) -> pygit2.Oid:
    """Write files into the folder of a repository, and commit them."""
    for name, text in files.items():
        path = Path(into.workdir, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        into.index.add(name)
    into.index.write()
    parents = [] if into.head_is_unborn else [into.head.target]
    return into.create_commit("HEAD", ANN, ANN, message, into.index.write_tree(), parents)
