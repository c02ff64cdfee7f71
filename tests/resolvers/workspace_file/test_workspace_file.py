"""Files of a workspace: written by their paths, read, searched and deleted."""

from dataclasses import replace
from typing import Any

import pytest
from bson import ObjectId

from models import StorageAccount, WorkspaceFileText
from models.base import collection
from models.errors import BadUserInput, Conflict, NotFound, PayloadTooLarge
from models.records import WorkspaceFileRecord, WorkspaceRecord
from resolvers.agent.agent import create_agent, delete_agent
from resolvers.inputs.agent import AgentCreate
from resolvers.inputs.workspace_file import MAX_TEXT, WorkspaceFileSearch, WorkspaceFileWrite, normal_path
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.kit.page import Window
from resolvers.search.search import search
from resolvers.workspace_file import search as workspace_file_search
from resolvers.workspace_file import write as workspace_file_write
from resolvers.workspace_file.search import search_files
from resolvers.workspace_file.workspace_file import (
    delete_workspace_file,
    list_workspace_files,
    read_workspace_file,
    write_workspace_file,
)
from tests.resolvers.lab import People, again, event_types


async def write(ctx: Context, workspace: WorkspaceRecord, path: str, **values: Any) -> WorkspaceFileRecord:
    given = read_input(WorkspaceFileWrite, {"workspaceId": workspace["_id"], "path": path, **values})
    return (await write_workspace_file(again(ctx), given)).value


async def stored(workspace: WorkspaceRecord) -> int:
    account = await collection(StorageAccount).find_one({"_id": workspace["_id"]})
    return 0 if account is None else account["kinds"].get("files", 0)


def test_a_path_has_one_way_to_be_written() -> None:
    given = ("/a//./b.md", "a\\b.md", "./é/x/", "a/...")

    assert [normal_path(path) for path in given] == ["a/b.md", "a/b.md", "é/x", "a/..."]


async def test_a_file_is_written_over_by_its_path_and_told_of_where_it_differs(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given a file
    made = await write(owner, workspace, "/scout//SOUL.md", content="Be kind", category="identity")

    # When it is written again: the same, another text of the same length, and without a text
    same = await write(owner, workspace, "scout/SOUL.md", content="Be kind")
    other = await write(owner, workspace, "scout\\SOUL.md", content="Be free")
    renamed = await write(owner, workspace, "scout/SOUL.md", name="Soul", category=None)

    # Then it is one file, which keeps what was not given, and is told of only where it differs
    assert (made["path"], made["name"], made["file_type"], made["size"]) == ("scout/SOUL.md", "SOUL.md", "md", 7)
    assert same == made
    assert {other["_id"], renamed["_id"]} == {made["_id"]}
    read = await read_workspace_file(again(owner), made["_id"])
    assert (read["content"], read["name"], read["category"]) == ("Be free", "Soul", None)
    assert (await event_types(workspace["_id"]))[-3:] == [
        "WorkspaceFileCreated",
        "WorkspaceFileUpdated",
        "WorkspaceFileUpdated",
    ]

    # And its bytes count once, until it is deleted
    assert await stored(workspace) == 7
    await delete_workspace_file(again(owner), made["_id"])
    texts = await collection(WorkspaceFileText).count_documents({"workspace_id": workspace["_id"]})
    assert (await stored(workspace), texts) == (0, 0)
    with pytest.raises(NotFound):
        await delete_workspace_file(again(owner), made["_id"])


async def test_what_is_no_path_or_too_much_is_refused(
    owner: Context, workspace: WorkspaceRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("..", "a/../b", "/", " ", "a\tb", "a/\x7f", "x" * 501):
        with pytest.raises(BadUserInput, match=r"^path"):
            await write(owner, workspace, path)
    with pytest.raises(BadUserInput, match=r"^content"):
        await write(owner, workspace, "a", content="é" * (MAX_TEXT // 2 + 1))

    monkeypatch.setattr(workspace_file_write, "MAX_FILES", 1)
    largest = await write(owner, workspace, "a", content="é" * (MAX_TEXT // 2))
    with pytest.raises(Conflict, match="There are 1 files already"):
        await write(owner, workspace, "b")
    full = replace(owner, services=replace(owner.services, storage_quota=MAX_TEXT))
    assert (await write(full, workspace, "a", content="less"))["size"] == 4 < largest["size"]
    small = replace(owner, services=replace(owner.services, storage_quota=4))
    with pytest.raises(PayloadTooLarge, match="quota"):
        await write(small, workspace, "a", content="more!")


async def test_files_are_listed_by_path_and_found_by_words_and_places(
    owner: Context, workspace: WorkspaceRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace_file_search, "_AT_ONCE", 2)
    texts = {"scout/run.sh": "echo beacon", "scout/SOUL.md": "Light the beacon", "notes.md": "beacon", "b/x.md": "dark"}
    for path, content in texts.items():
        await write(owner, workspace, path, content=content, category=path.rpartition(".")[2])

    async def found(**values: Any) -> list[str]:
        files = await search_files(again(owner), workspace["_id"], WorkspaceFileSearch.of(**values))
        return [file["path"] for file in files]

    page = await list_workspace_files(again(owner), workspace["_id"], Window.read(3), {"category": {"eq": "md"}})
    assert [file["path"] for file in page.nodes] == ["b/x.md", "notes.md", "scout/SOUL.md"]
    assert "content" not in page.nodes[0]
    assert await found() == sorted(texts)
    assert set(await found(query="beac")) == {"scout/run.sh", "scout/SOUL.md", "notes.md"}
    assert await found(query="beacon", folder="scout", ending="MD") == ["scout/SOUL.md"]
    assert await found(query="soul") == ["scout/SOUL.md"]
    assert await found(folder="sco") == []
    assert await found(category="sh") == ["scout/run.sh"]

    monkeypatch.setattr(workspace_file_search, "MOST", 1)
    assert await found(ending=".md") == ["b/x.md"]


async def test_agents_are_found_by_whoever_may_read_them_until_they_are_deleted(
    owner: Context, people: People, workspace: WorkspaceRecord
) -> None:
    values = AgentCreate.of(workspace_id=workspace["_id"], name="Lighthouse keeper", slug="keeper")
    agent = (await create_agent(again(owner), values)).value.agent
    await write(owner, workspace, "keeper.md", content="About the lighthouse")

    async def found(ctx: Context) -> set[ObjectId]:
        return {hit.node["_id"] for hit in (await search(again(ctx), workspace["_id"], "keeper")).nodes}

    everything = await found(owner)
    without = await found(await people.with_token(owner, ["projects:read"]))
    await delete_agent(again(owner), agent["_id"])

    assert (len(everything), agent["_id"] in everything) == (2, True)
    assert without == await found(owner) == everything - {agent["_id"]}
