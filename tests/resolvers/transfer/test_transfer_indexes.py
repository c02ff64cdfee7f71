"""Every query of an import that runs by itself runs on an index."""

import pytest

from gateway.database import Database
from models.base import Record, collection
from models.transfer_job import TransferJob
from resolvers.files.store import remove_leftovers
from resolvers.kit.context import Context, Services
from resolvers.kit.page import Window
from resolvers.tenancy.workspace import delete_workspace
from resolvers.transfer import job as transfer_job
from resolvers.transfer.archive import Stored, archived
from resolvers.transfer.transfer import open_export
from rest.stellary.present.transfer import written
from tests.resolvers.attaching import attach
from tests.resolvers.delivery import make_board
from tests.resolvers.lab import again
from tests.resolvers.test_indexes import check, recorded
from tests.resolvers.transfers import Dying, Killed, expire, queue, run, small_parts


async def test_jobs_run_on_indexes(
    owner: Context, workspace: Record, services: Services, database: Database, monkeypatch: pytest.MonkeyPatch
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
        await transfer_job.transfer_jobs_of(again(owner), [workspace, {"_id": done["_id"]}], None)
        await transfer_job.project_of(again(owner), [done], None)
        await transfer_job.starter_of(again(owner), [done], None)
        await queue(owner, workspace)
        await delete_workspace(again(owner), workspace["_id"])
        await remove_leftovers()

    await check(database, queries)


async def test_files_of_projects_run_on_indexes(
    owner: Context, workspace: Record, services: Services, database: Database
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
