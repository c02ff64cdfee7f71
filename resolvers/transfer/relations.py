"""The relations of an import."""

from collections.abc import Awaitable, Callable, Iterator, Sequence

from bson import ObjectId

from models import Relation
from models.base import insert_all, to_record
from models.enums import RelationType
from models.records import ProjectRecord, RelationRecord
from models.turns import in_turns
from realtime.events.relation import RelationCreated
from realtime.log import Change
from resolvers.inputs.transfer import ImportedRelation
from resolvers.transfer.plan import Plan

AT_ONCE = 500

Write = Callable[[Change, ProjectRecord], Awaitable[None]]


def relation_parts(plan: Plan) -> Iterator[tuple[int, Write, frozenset[ObjectId]]]:
    """How many relations each part holds, what writes them, and the cards that they are of."""
    for start in range(0, len(plan.relations), AT_ONCE):
        some = plan.relations[start : start + AT_ONCE]
        ends = frozenset(plan.card_ids[end] for relation in some for end in (relation.source, relation.target))
        yield len(some), _write(plan, some), ends


def _write(plan: Plan, relations: Sequence[ImportedRelation]) -> Write:
    async def write(change: Change, project: ProjectRecord) -> None:
        there = (relation for relation in relations if plan.gone.isdisjoint(_ends(plan, relation)))
        records = [_record(change, plan, project, relation) async for relation in in_turns(there)]
        if not records:
            return
        await insert_all(Relation, records, change)
        project_id = project["_id"]
        change.append(
            plan.workspace_id,
            *(RelationCreated(relation=record, project_ids=[project_id], project_id=project_id) for record in records),
        )

    return write


def _record(change: Change, plan: Plan, project: ProjectRecord, one: ImportedRelation) -> RelationRecord:
    ends = _ends(plan, one)
    if one.type is RelationType.RELATED_TO:  # the same from either side, so kept one way
        ends.sort()
    return to_record(
        Relation(
            workspace_id=plan.workspace_id,
            type=one.type,
            source_id=ends[0],
            target_id=ends[1],
            card_ids=ends,
            project_ids=[project["_id"]],
            created_by=change.actor_id,
            created_at=change.at,
        )
    )


def _ends(plan: Plan, one: ImportedRelation) -> list[ObjectId]:
    return [plan.card_ids[one.source], plan.card_ids[one.target]]
