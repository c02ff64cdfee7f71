"""Stores the facts of cards that an earlier version wrote, each project in a transaction of its own."""

from collections.abc import Sequence

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession

from models import CardFacts, Project
from models.base import collection
from models.ids import portions
from models.records import ProjectRecord
from resolvers.kit.migration_step import MigrationStep, Work, over_all
from resolvers.lane.card_facts_keep import store_facts


async def _projects(work: Work) -> None:
    await over_all(Project, work, rebuild_facts, ["workspace_id"])


FACTS_STEP = MigrationStep("card-facts", "What figures are made of", _projects)


async def rebuild_facts(projects: Sequence[ProjectRecord]) -> None:
    """Store the facts of projects that have none stored."""
    for ids in portions(project["_id"] for project in projects):
        found = collection(CardFacts).find({"_id": {"$in": ids}}, {"_id": 1})
        stored = {head["_id"] for head in await found.to_list()}
        for project in projects:
            if project["_id"] in ids and project["_id"] not in stored:
                await _store_alone(project["_id"], project["workspace_id"])


async def _store_alone(project_id: ObjectId, workspace_id: ObjectId) -> None:
    async def store(session: AsyncClientSession) -> None:
        if await collection(CardFacts).find_one({"_id": project_id}, {"_id": 1}, session=session) is None:
            await store_facts(session, project_id, workspace_id)

    async with collection(CardFacts).database.client.start_session() as session:
        await session.with_transaction(store)
