"""Any object by its id: the kind that the id carries tells which door it is behind."""

from collections.abc import Sequence
from typing import Annotated, Any

from bson import ObjectId

from models import (
    Notification,
    Organization,
    OrganizationMember,
    User,
    Workspace,
)
from models.base import AnyRecord, collection
from models.errors import BadUserInput, NotFound
from models.ids import Kind, kind_of, parse_id
from models.records import UserRecord, WorkspaceMemberRecord
from resolvers.kit.access import allow, memberships_behind, projection, workspace_memberships
from resolvers.kit.context import Context
from resolvers.kit.noun import Noun
from resolvers.kit.nouns import NOUNS
from resolvers.kit.operation import check_scope, operation
from resolvers.kit.tombstone import shut
from resolvers.member.organization_member import organization_memberships
from resolvers.notification.store import with_marks
from resolvers.user.user import PUBLIC

MAX_NODES = 100


@operation("node", read_only=True)
async def get_node(ctx: Context, node_id: ObjectId | str) -> AnyRecord:
    """One object of any kind; the token scope is that of its kind."""
    wanted = parse_id(node_id)
    found = (await _find(ctx, [wanted]))[wanted]
    if found is None:
        kind = kind_of(wanted)
        raise NotFound("Object" if kind is None else kind.title)
    return found


@operation("nodes", read_only=True)
async def get_nodes(
    ctx: Context, node_ids: Annotated[Sequence[ObjectId | str], "The ids of at most 100 objects."]
) -> list[AnyRecord | None]:
    """Up to 100 objects of any kinds, one query a kind; None for what does not exist."""
    if len(node_ids) > MAX_NODES:
        raise BadUserInput(f"must name at most {MAX_NODES} objects", field="ids")
    wanted = [parse_id(node_id, field="ids") for node_id in node_ids]
    found = await _find(ctx, wanted)
    return [found[object_id] for object_id in wanted]


async def _find(ctx: Context, wanted: Sequence[ObjectId]) -> dict[ObjectId, AnyRecord | None]:
    found: dict[ObjectId, AnyRecord | None] = dict.fromkeys(wanted)
    by_kind: dict[Kind | None, list[ObjectId]] = {}
    for object_id in found:
        by_kind.setdefault(kind_of(object_id), []).append(object_id)
    for kind, ids in by_kind.items():
        for record in await _of_kind(ctx, kind, ids):
            found[record["_id"]] = record
    return found


async def _of_kind(ctx: Context, kind: Kind | None, ids: list[ObjectId]) -> Sequence[AnyRecord]:
    noun = None if kind is None else NOUNS.get(kind)
    if kind is None or noun is None or not noun.has_node:
        return []
    check_scope(ctx, noun.scope, "node")
    if noun.is_inside and kind is not Kind.NOTIFICATION:
        gone = {"deleted_at": None} if kind is Kind.AGENT else {}
        records = await collection(noun.model).find({"_id": {"$in": ids}, **gone}).to_list()
        memberships = await memberships_behind(ctx, records, asked=len(ids))
        # A deleted agent is there for its missions alone.
        readable = [record for record in records if _may_read(memberships[record["workspace_id"]], noun, "workspace")]
        deleted = await shut(ctx, readable)
        return [record for record in readable if record["_id"] not in deleted]
    match kind:
        case Kind.WORKSPACE:
            member_of = await workspace_memberships(ctx, ids)
            mine = [object_id for object_id in ids if _may_read(member_of[object_id], noun, "workspace")]
            return await collection(Workspace).find({"_id": {"$in": mine}}).to_list()
        case Kind.ORGANIZATION:
            in_organization = await organization_memberships(ctx, ids)
            mine = [object_id for object_id in ids if _may_read(in_organization[object_id], noun, "organization")]
            return await collection(Organization).find({"_id": {"$in": mine}}).to_list()
        case Kind.NOTIFICATION:
            own = {"_id": {"$in": ids}, "user_id": ctx.user_id}
            return await with_marks(ctx.user_id, await collection(Notification).find(own).to_list())
        case Kind.USER:
            return await _users(ctx, ids)
    return []


def _may_read(membership: WorkspaceMemberRecord | None, noun: Noun[Any], tenant: str) -> bool:
    """Whether there is a membership; raises Forbidden for one whose role does not suffice."""
    return membership is not None and bool(allow(membership, noun.reads, tenant))


async def _users(ctx: Context, ids: list[ObjectId]) -> list[UserRecord]:
    """The caller, and people of the caller's organizations."""
    members = collection(OrganizationMember)
    mine = await members.distinct("organization_id", {"user_id": ctx.user_id})
    known = await members.distinct("user_id", {"organization_id": {"$in": mine}, "user_id": {"$in": ids}})
    visible = [object_id for object_id in ids if object_id == ctx.user_id or object_id in known]
    return await collection(User).find({"_id": {"$in": visible}}, projection(PUBLIC)).to_list()
