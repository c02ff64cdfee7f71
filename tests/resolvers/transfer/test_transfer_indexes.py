"""Every query of imports that run by themselves and of exports runs on an index, and how many those are."""

from collections import Counter
from typing import Any

import pytest

from gateway.database import Database
from models.base import collection
from models.transfer_job import TransferJob
from resolvers.files.store import remove_leftovers
from resolvers.kit.context import Context, Services
from resolvers.kit.page import Window
from resolvers.transfer import job as transfer_job
from resolvers.transfer.archive import Stored, archived
from resolvers.transfer.transfer import open_export
from resolvers.user.user import users_by
from resolvers.workspace.workspace import delete_workspace
from rest.stellary.present.transfer import written
from tests.resolvers.attaching import attach
from tests.resolvers.lab import again
from tests.resolvers.projects import make_board
from tests.resolvers.test_indexes import check, recorded
from tests.resolvers.transfers import Dying, Killed, expire, queue, run, small_parts
from tests.stubs import stub


async def test_jobs_run_on_indexes(
    owner: Context, workspace: Any, services: Services, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_parts(monkeypatch)
    await collection(TransferJob).delete_many({})

    with recorded() as queries:
        for content in (None, {"project": {"name": "x"}, "cards": [{"title": ""}]}):
            done = await run(services, await queue(owner, workspace, content))
            await transfer_job.get_transfer_job(again(owner), done["_id"])
        half = await queue(owner, workspace)
        with pytest.raises(Killed):
            await Dying(services, "dying", after=2).run_next()
        await expire(half)
        await run(services, half)
        await transfer_job.list_transfer_jobs(again(owner), workspace["_id"], Window.read())
        await transfer_job.transfer_jobs_of(again(owner), [workspace], None)
        await transfer_job.transfer_jobs_of(again(owner), stub([workspace, {"_id": done["_id"]}]), None)
        await transfer_job.project_of(again(owner), [done], None)
        await users_by("created_by")(again(owner), [done], None)
        await queue(owner, workspace)
        await delete_workspace(again(owner), workspace["_id"])
        await remove_leftovers()

    await check(database, queries)


async def test_files_of_projects_run_on_indexes(
    owner: Context, workspace: Any, services: Services, database: Database
) -> None:
    await collection(TransferJob).delete_many({})
    board = await make_board(owner, workspace, columns=1)
    await attach(board, await board.card())

    with recorded() as queries:
        files: Stored = {}
        pieces = await open_export(again(owner), board.project["_id"], files)
        archive = b"".join([chunk async for chunk in archived(written(pieces), files)])
        done = await run(services, await queue(owner, workspace, archive))

    assert done["total"] == 2
    await check(database, queries)


async def test_an_export_sends_as_many_queries_for_one_column_as_for_twelve(
    owner: Context, workspace: Any, database: Database
) -> None:
    counts: dict[int, Counter[str]] = {}
    for columns in (1, 12):
        board = await make_board(owner, workspace, columns=columns)
        for column in (None, *reversed(range(columns))):
            card = await board.card(column, title=f"Of {column}")
            await board.comment(card)
            await attach(board, card)
        with recorded() as queries:
            pieces = await open_export(again(owner), board.project["_id"], {})
            titles = [entry["title"] async for name, entry in pieces if name == "cards"]
        counts[columns] = Counter(name for _, name, _ in queries)
        assert titles == [*(f"Of {column}" for column in range(columns)), "Of None"]
        await check(database, queries)

    assert counts[1] == counts[12]
    assert counts[1]["cards"] == 2
    assert max(number for name, number in counts[1].items() if name not in ("cards", "users", "workspace_members")) == 1
