"""The worker of a gateway: it goes on with deletions, counts what is pending, removes indexes of what is gone."""

from dataclasses import replace
from pathlib import Path

from gateway.database import Database
from gateway.deletions import Deletions, Pace
from models import Tombstone, Workspace
from models.base import collection, to_record
from models.ids import Kind, new_id
from resolvers.kit.context import Services
from resolvers.words.index import SearchIndex
from tests.gateway.lab import Lab
from tests.patience import until


async def test_it_takes_what_is_due_and_says_when_nothing_is_pending(lab: Lab, clean: Database) -> None:
    services: Services = lab.app.state.services
    counted: list[int] = []
    for _ in range(3):
        tombstone = Tombstone(id=new_id(Kind.COLUMN), stream_id=new_id(Kind.WORKSPACE))
        await collection(Tombstone).insert_one(to_record(tombstone))
    worker = Deletions(services, counted.append, pace=Pace(poll=0.05))

    await worker.start()
    await until(lambda: counted[-1:] == [0])
    await worker.stop()

    assert await collection(Tombstone).count_documents({}) == 3
    assert await collection(Tombstone).count_documents({"emptied_at": None}) == 0


async def test_indexes_of_workspaces_that_are_no_more_are_removed_from_time_to_time(
    lab: Lab, clean: Database, tmp_path: Path
) -> None:
    services: Services = replace(lab.app.state.services, search=SearchIndex(tmp_path))
    there = Workspace(organization_id=new_id(Kind.ORGANIZATION), owner_id=new_id(Kind.USER), name="A", slug="a")
    kept, gone = to_record(there), new_id(Kind.WORKSPACE)
    await collection(Workspace).insert_one(kept)
    for one in (gone, kept["_id"]):
        await services.search.position(one)
    worker = Deletions(services, lambda _: None, pace=Pace(poll=0.05, sweep=0.0))

    await worker.start()
    await until(lambda: services.search.known() == [kept["_id"]])
    await worker.stop()
