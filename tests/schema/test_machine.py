"""Folders, files and repositories over the graph."""

from pathlib import Path

from tests.gateway.lab import Board
from tests.machine import folder_of, repository


def write(folder: str) -> None:
    """Work in a worktree."""
    Path(folder, "new.txt").write_text("one\n")


async def bind(board: Board) -> Path:
    """Give the board's project a folder with a repository."""
    asked = "query ($id: ID!) { project(id: $id) { workspace { organization { slug } } } }"
    found = await board.ann.ask(asked, id=board.project)
    folder = folder_of(found["project"]["workspace"]["organization"]["slug"])
    repository(folder)
    changed = (
        "mutation ($id: ID!, $path: String!) { projectUpdate(id: $id, input: {path: $path}) { project { bound } } }"
    )
    bound = await board.ann.ask(changed, id=board.project, path=str(folder))
    assert bound["projectUpdate"]["project"]["bound"]
    return folder


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


async def test_a_card_has_a_worktree_whose_changes_are_told(board: Board) -> None:
    ann, card = board.ann, await board.card("Fix the login")
    await bind(board)

    made = await ann.ask(
        """mutation ($card: ID!) { worktreeCreate(cardId: $card) { worktree {
          id branch base baseCommit path card { id } } cursor } }""",
        card=card,
    )
    worktree = made["worktreeCreate"]["worktree"]
    write(worktree["path"])
    read = await ann.ask(
        """query ($card: ID!) { card(id: $card) { worktree { branch
          diff { text filesChanged insertions deletions whole } } } }""",
        card=card,
    )
    refused = await ann.refused("mutation ($card: ID!) { cardDelete(id: $card) { deletedId } }", card=card)
    await ann.ask(
        "mutation ($id: ID!) { worktreeDelete(id: $id, force: true) { deletedId cursor } }", id=worktree["id"]
    )

    assert worktree["branch"] == f"feat/card-{card}-fix-the-login"
    assert (worktree["base"], worktree["card"]["id"]) == ("main", card)
    diff = read["card"]["worktree"]["diff"]
    assert (diff["filesChanged"], diff["insertions"], diff["deletions"], diff["whole"]) == (1, 1, 0, True)
    assert "+++ b/new.txt" in diff["text"]
    assert refused["extensions"]["code"] == "WORKTREE_DIRTY"


async def test_scripts_are_written_by_the_admins_of_a_project(board: Board) -> None:
    ann = board.ann
    await bind(board)
    create = """mutation ($project: ID!, $name: String!) {
      scriptCreate(input: {projectId: $project, name: $name, command: "make"}) { script { id name command } } }"""
    made = [(await ann.ask(create, project=board.project, name=name))["scriptCreate"]["script"] for name in ("A", "B")]
    first, second = (script["id"] for script in made)

    await ann.ask(
        """mutation ($project: ID!, $first: ID!, $ids: [ID!]!) {
          scriptUpdate(id: $first, input: {command: "make test"}) { script { command } cursor }
          scriptReorder(input: {projectId: $project, ids: $ids}) { cursor } }""",
        project=board.project,
        first=first,
        ids=[second, first],
    )
    # Nobody has let this gateway run any.
    run = await ann.refused("mutation ($id: ID!) { scriptRun(id: $id, input: {}) { scriptRun { status } } }", id=first)
    cancel = await ann.refused("mutation ($id: ID!) { scriptCancel(id: $id) { scriptRun { status } } }", id=first)
    read = await ann.ask(
        "query ($id: ID!) { project(id: $id) { scripts { name command run { status tail output } } } }",
        id=board.project,
    )
    await ann.ask("mutation ($id: ID!) { scriptDelete(id: $id) { deletedId cursor } }", id=second)

    assert (run["extensions"]["code"], cancel["extensions"]["code"]) == ("NOT_CONFIGURED", "NOT_FOUND")
    assert read["project"]["scripts"] == [
        {"name": "B", "command": "make", "run": None},
        {"name": "A", "command": "make test", "run": None},
    ]
