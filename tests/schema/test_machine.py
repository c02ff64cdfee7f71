"""Folders, files and repositories over the graph."""

from tests.gateway.lab import Board
from tests.machine import folder_of, repository


async def test_a_folder_becomes_that_of_a_project(board: Board) -> None:
    ann = board.ann
    found = await ann.ask(
        "query ($id: ID!) { project(id: $id) { workspace { organization { slug } } } }", id=board.project
    )
    folder = folder_of(found["project"]["workspace"]["organization"]["slug"])
    repository(folder)

    read = await ann.ask(
        """query ($folder: String!, $file: String!) { roots: folder { path entries { path } }
          folder(path: $folder) { path parent isWhole entries { name path isGitRepo } }
          textFile(path: $file) { path content size } }""",
        folder=str(folder),
        file=f"{folder}/README.md",
    )
    changed = await ann.ask(
        """mutation ($id: ID!, $path: String!) { projectUpdate(id: $id, input: {path: $path}) {
          project { path bound isGit files } } }""",
        id=board.project,
        path=str(folder),
    )

    assert str(folder.parent) in [entry["path"] for entry in read["roots"]["entries"]]
    assert read["folder"] == {
        "path": str(folder),
        "parent": str(folder.parent),
        "isWhole": True,
        "entries": [{"name": "src", "path": f"{folder}/src", "isGitRepo": False}],
    }
    assert read["textFile"] == {"path": f"{folder}/README.md", "content": "# Launch\n", "size": 9}
    assert changed["projectUpdate"]["project"] == {
        "path": str(folder),
        "bound": True,
        "isGit": True,
        "files": ["README.md", "src/main.py"],
    }
