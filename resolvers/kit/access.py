"""The one door to an object: it exists, the caller is a member of its tenant, and the member's role allows it.

Whoever is no member of the tenant gets the answer of something that does not exist, and gets it after the same queries:
how long an answer takes must not tell the one from the other (decision 32).
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bson import ObjectId

from auth.policies.permission import Permission
from models import OrganizationMember, WorkspaceMember
from models.base import AnyRecord, R, Recorded, collection
from models.enums import TokenScope
from models.errors import BadUserInput, Forbidden, NotFound, OrreryError
from models.ids import Kind, among, inner_id, parse_id
from models.records import OrganizationMemberRecord, WorkspaceMemberRecord
from resolvers.kit import tombstone
from resolvers.kit.access_hints import ENTERED
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields, Noun


def projection(fields: Fields, *always: str) -> dict[str, int] | None:
    """The PyMongo projection for `fields`, with what the caller needs in any case."""
    return None if fields is None else dict.fromkeys(["_id", *fields, *always], 1)


async def access(
    ctx: Context,
    noun: Noun[R],
    object_id: ObjectId | str,
    permission: Permission,
    *,
    field: str = "id",
    fields: Fields = None,
) -> R:
    """The record of an object that the caller may read and do what `permission` says; of a tenant, the caller's
    membership.

    Raises BadUserInput for what is no id of the noun, NotFound where it does not exist or its tenant is not the
    caller's, Forbidden where the caller's role does not suffice.
    """
    wanted = parse_id(object_id, noun.kind, field=field)
    if noun.is_tenant:
        check: Any = check_organization if noun.kind is Kind.ORGANIZATION else check_workspace
        membership: R = await check(ctx, wanted, permission)
        return membership
    if noun.is_of_organization:
        return await _access_of_organization(ctx, noun, wanted, permission, fields)
    below = tombstone.FIELDS & noun.model.model_fields.keys()
    found: R | None = await _find(ctx, noun.model, wanted, projection(fields, *below))
    memberships = await memberships_behind(ctx, [] if found is None else [found], asked=1)
    try:
        entered = _enter(ctx, found, memberships, noun, permission)
        _check_project(ctx, noun, entered)
        if await tombstone.shut(ctx, [entered]):
            raise NotFound(noun.title)
    except NotFound:
        ENTERED.forget(ctx.subject.user_id, wanted)
        raise
    ENTERED.add(ctx.subject.user_id, wanted, entered["workspace_id"])
    return entered


async def _access_of_organization(
    ctx: Context, noun: Noun[R], object_id: ObjectId, permission: Permission, fields: Fields
) -> R:
    """The same of what belongs to an organization, and to no workspace."""
    found: R | None = await collection(noun.model).find_one({"_id": object_id}, projection(fields, "organization_id"))
    # Of what is not there, a membership of nobody's organization is looked up.
    organization_id = None if found is None else found.get("organization_id")  # a token may be nobody's key
    membership = await organization_membership(ctx, organization_id or inner_id())
    if found is None or membership is None:
        raise NotFound(noun.title)
    for question in (noun.reads, permission):
        allow(membership, question, "organization", key=_of_key(ctx, membership))
    return found


async def _find(
    ctx: Context, model: type[Recorded[R]], object_id: ObjectId, wanted: Mapping[str, int] | None
) -> R | None:
    """What is behind a door. Where the caller has passed it before, their membership is looked up at the same time.

    If that finds none, the door asks once more, as it does of everything else: nobody is refused sooner for a hint.
    """
    reading = collection(model).find_one({"_id": object_id}, wanted)
    workspace_id = ENTERED.workspace_of(ctx.subject.user_id, object_id)
    if workspace_id is None or ctx.memberships.get(workspace_id) is not None:
        return await reading
    found, _ = await asyncio.gather(reading, _look_up(ctx, [workspace_id], [workspace_id]))
    return found


async def access_batch(
    ctx: Context, noun: Noun[Any], ids: Sequence[ObjectId], permission: Permission
) -> tuple[ObjectId, dict[ObjectId, OrreryError]]:
    """The workspace of several objects, which is that of the first one in reach, and why others are out of reach.

    Raises NotFound where all are, Forbidden where the caller may read one and not this.
    """
    wanted = dict.fromkeys(tombstone.FIELDS, 1)
    found = await collection(noun.model).find({"_id": {"$in": list(ids)}}, wanted).to_list()
    memberships = await memberships_behind(ctx, found, asked=len(ids))
    gone = await tombstone.shut(ctx, [record for record in found if memberships[record["workspace_id"]] is not None])
    records = {record["_id"]: record for record in found if record["_id"] not in gone}
    workspace_id: ObjectId | None = None
    refused: dict[ObjectId, OrreryError] = {}
    for object_id in ids:
        try:
            entered = _enter(ctx, records.get(object_id), memberships, noun, permission)
            _check_project(ctx, noun, entered)
            inside = entered["workspace_id"]
        except OrreryError as error:
            refused[object_id] = error
            continue
        workspace_id = workspace_id or inside
        if inside != workspace_id:
            refused[object_id] = BadUserInput(
                f"is a {noun.title.lower()} of another workspace than the first", field="ids"
            )
    if workspace_id is None:
        forbidden = next((error for error in refused.values() if isinstance(error, Forbidden)), None)
        raise forbidden or NotFound(noun.title)
    return workspace_id, refused


def _enter(
    ctx: Context,
    found: R | None,
    memberships: Mapping[ObjectId, WorkspaceMemberRecord | None],
    noun: Noun[Any],
    permission: Permission,
) -> R:
    membership = None if found is None else memberships[found["workspace_id"]]
    if found is None or membership is None:
        raise NotFound(noun.title)
    for question in (noun.reads, permission):
        allow(membership, question, "workspace", key=_of_key(ctx, membership))
    return found


def _check_project(ctx: Context, noun: Noun[Any], entered: AnyRecord) -> None:
    if not is_within(ctx, noun, entered):
        raise NotFound(noun.title)


def is_within(ctx: Context, noun: Noun[Any], found: AnyRecord) -> bool:
    """Whether an object is in the one project that the caller is bound to, if it is to any."""
    bound = ctx.subject.project_id
    return bound is None or bound == (found["_id"] if noun.kind is Kind.PROJECT else found.get("project_id"))


def door_of(found: AnyRecord | None) -> ObjectId:
    """The id of what was found, or else one that is nobody's: the door is asked about it in either case."""
    return inner_id() if found is None else ObjectId(found["_id"])


async def check_workspace(
    ctx: Context, workspace_id: ObjectId, permission: Permission, *, noun: str = "Workspace"
) -> WorkspaceMemberRecord:
    """The caller's membership of a workspace; raises NotFound without one, Forbidden without the role."""
    membership = await workspace_membership(ctx, workspace_id)
    if membership is None:
        raise NotFound(noun)
    return allow(membership, permission, "workspace", key=_of_key(ctx, membership))


async def check_workspaces(ctx: Context, workspace_ids: Sequence[ObjectId], permission: Permission) -> None:
    """The same of several workspaces, in one query at most."""
    memberships = await workspace_memberships(ctx, workspace_ids)
    for membership in map(memberships.__getitem__, workspace_ids):
        if membership is None:
            raise NotFound("Workspace")
        allow(membership, permission, "workspace", key=_of_key(ctx, membership))


async def check_organization(
    ctx: Context, organization_id: ObjectId, permission: Permission
) -> OrganizationMemberRecord:
    """The caller's membership of an organization; raises NotFound without one, Forbidden without the role."""
    return (await check_organizations(ctx, [organization_id], permission))[0]


async def check_organizations(
    ctx: Context, organization_ids: Sequence[ObjectId], permission: Permission
) -> list[OrganizationMemberRecord]:
    """The same of several organizations, in one query at most."""
    memberships = await organization_memberships(ctx, organization_ids)
    checked: list[OrganizationMemberRecord] = []
    for membership in map(memberships.__getitem__, organization_ids):
        if membership is None:
            raise NotFound("Organization")
        checked.append(allow(membership, permission, "organization", key=_of_key(ctx, membership)))
    return checked


async def organization_membership(ctx: Context, organization_id: ObjectId) -> OrganizationMemberRecord | None:
    """The caller's membership of an organization, looked up once per request."""
    return (await organization_memberships(ctx, [organization_id]))[organization_id]


async def organization_memberships(
    ctx: Context, organization_ids: Iterable[ObjectId]
) -> dict[ObjectId, OrganizationMemberRecord | None]:
    """The caller's memberships of several organizations, in one query at most."""
    wanted = set(organization_ids)
    if unknown := [object_id for object_id in wanted if ctx.memberships.get(object_id) is None]:
        whose = {"organization_id": among(unknown), "user_id": ctx.user_id}
        found = await collection(OrganizationMember).find(whose).to_list()
        by_organization = {membership["organization_id"]: membership for membership in found}
        ctx.memberships.update({object_id: by_organization.get(object_id) for object_id in unknown})
    return {object_id: ctx.memberships[object_id] for object_id in wanted}


async def workspace_membership(ctx: Context, workspace_id: ObjectId) -> WorkspaceMemberRecord | None:
    """The caller's membership of a workspace, looked up once per request."""
    return (await workspace_memberships(ctx, [workspace_id]))[workspace_id]


async def workspace_memberships(
    ctx: Context, workspace_ids: Iterable[ObjectId]
) -> dict[ObjectId, WorkspaceMemberRecord | None]:
    """The caller's memberships of several workspaces, in one query at most. An agent's token sees its own alone."""
    wanted = set(workspace_ids)
    unknown = [object_id for object_id in wanted if ctx.memberships.get(object_id) is None]
    if unknown:
        await _look_up(ctx, unknown, unknown)
    return await _standing(ctx, wanted)


async def memberships_behind(
    ctx: Context, found: Sequence[AnyRecord], *, asked: int
) -> dict[ObjectId, WorkspaceMemberRecord | None]:
    """The caller's memberships of the workspaces of what was `found` among the objects that were `asked` for.

    Each object that is foreign, and each that does not exist, has the query look for one workspace more. A foreign
    workspace is looked for again each time, so that it is not known by a query that was saved.
    """
    wanted = [record["workspace_id"] for record in found]
    own = sum(ctx.memberships.get(object_id) is not None for object_id in wanted)
    if asked > own:
        unknown = {object_id for object_id in wanted if ctx.memberships.get(object_id) is None}
        await _look_up(ctx, unknown, [*unknown, *(inner_id() for _ in range(asked - own - len(unknown)))])
    return await _standing(ctx, wanted)


async def _standing(ctx: Context, workspace_ids: Iterable[ObjectId]) -> dict[ObjectId, WorkspaceMemberRecord | None]:
    """Memberships that were looked up. Of a deleted workspace there is none, whoever is still to be taken off it."""
    wanted = set(workspace_ids)
    await tombstone.load_gone(ctx, wanted - ctx.gone.keys())
    return {object_id: None if object_id in ctx.gone[object_id] else ctx.memberships[object_id] for object_id in wanted}


async def _look_up(ctx: Context, unknown: Iterable[ObjectId], padded: Iterable[ObjectId]) -> None:
    """Remember the memberships of workspaces; `padded` are these, and others that none are asked of.

    What was deleted in them is looked for beside it, each time too.
    """
    bound, asked = ctx.subject.workspace_id, list(padded)
    within = among([workspace_id for workspace_id in asked if bound in (None, workspace_id)])
    found = collection(WorkspaceMember).find({"workspace_id": within, "user_id": ctx.user_id})
    members, _ = await asyncio.gather(found.to_list(), tombstone.load_gone(ctx, asked))
    by_workspace = {membership["workspace_id"]: membership for membership in members}
    # All at once and only now: fields of one request are resolved side by side.
    ctx.memberships.update({workspace_id: by_workspace.get(workspace_id) for workspace_id in unknown})


def _of_key(ctx: Context, membership: AnyRecord) -> frozenset[TokenScope]:
    """The scopes of the caller, where it is a key of the organization that a membership is in; none else."""
    return ctx.subject.scopes if ctx.subject.organization_id == membership["organization_id"] else frozenset()


def allow(membership: R, permission: Permission, tenant: str, *, key: frozenset[TokenScope] = frozenset()) -> R:
    """The membership itself; raises Forbidden where its role does not suffice."""
    if (refusal := permission.refusal(membership, tenant, key=key)) is not None:
        raise refusal
    return membership
