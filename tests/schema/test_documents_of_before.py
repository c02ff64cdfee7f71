"""Documents of before lack what was added since: the graph shows what they count as having."""

from bson import ObjectId

from models import Card, Column, Project, ProjectMember, Scope
from models.base import collection
from tests.gateway.lab import Board


async def test_what_was_added_later_has_its_default(board: Board) -> None:
    # Given a project with all that it holds, as an earlier version wrote it
    ann, card = board.ann, await board.card("One")
    values = {"projectId": board.project, "name": "Phase"}
    await ann.ask("mutation ($i: ScopeCreateInput!) { scopeCreate(input: $i) { scope { id } } }", i=values)
    inside = {"project_id": ObjectId(board.project)}
    await collection(Card).update_many(inside, {"$unset": {"auto_mode": 1, "pipeline": 1, "active_mission_id": 1}})
    await collection(Column).update_many(inside, {"$unset": {"kind": 1, "prompt": 1, "requires_approval": 1}})
    await collection(Scope).update_many(inside, {"$unset": {"rank": 1}})
    await collection(ProjectMember).update_many(inside, {"$unset": {"role": 1}})
    await collection(Project).update_one({"_id": ObjectId(board.project)}, {"$unset": {"path": 1, "bound": 1}})

    read = await ann.ask(
        """query ($id: ID!, $card: ID!) {
          project(id: $id) { path bound members { nodes { role } } scopes { rank } columns { kind requiresApproval } }
          card(id: $card) { autoMode pipeline { enabled } activeMission { id } isUnread } }""",
        id=board.project,
        card=card,
    )

    assert read["project"] == {
        "path": None,
        "bound": False,
        "members": {"nodes": [{"role": "MEMBER"}]},
        "scopes": [{"rank": ""}],
        "columns": [{"kind": None, "requiresApproval": False}] * 2,
    }
    assert read["card"] == {"autoMode": False, "pipeline": [], "activeMission": None, "isUnread": False}
