"""Where the files are that are no Python: in the repository, or carried in the installed package."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def graphql_folder() -> Path:
    """The folder with the SDL snapshot, the trusted documents and the examples."""
    carried = _PACKAGE / "_graphql"
    return carried if carried.is_dir() else _PACKAGE.parent / "graphql"


def operations_folder() -> Path:
    """The folder with the trusted documents."""
    return graphql_folder() / "operations"


def sdl_path() -> Path:
    return graphql_folder() / "schema.graphql"


def rooms_folder() -> Path:
    """The folder that the rooms are in: the repository, or that of the installed packages."""
    return _PACKAGE.parent


def models_folder() -> Path:
    """The room of the documents, some modules of which are generated."""
    return rooms_folder() / "models"


def types_folder() -> Path:
    """The room of the graph's types, one module of which is generated."""
    return rooms_folder() / "schema"
