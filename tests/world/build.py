"""How the world is made: who is there, where they work, and one of everything."""

import secrets

import resolvers.catalogue
from models.enums import Role, ServerRole
from resolvers.automation.follow import follow as follow_automations
from resolvers.inputs.organization import OrganizationCreate, OrganizationMemberAdd, OrganizationMemberUpdate
from resolvers.inputs.workspace import WorkspaceCreate, WorkspaceMemberInvite
from resolvers.installation.installation import grant_server_role
from resolvers.invitation import accept, invitation
from resolvers.kit.context import Context
from resolvers.member import organization_member
from resolvers.notification.follow import follow
from resolvers.organization.organization import create_organization
from resolvers.workspace.workspace import create_workspace
from tests.resolvers.lab import People, again
from tests.world.samples import SAMPLES
from tests.world.world import World

assert resolvers.catalogue  # every operation, and the gate that agents pass


async def build(people: People) -> World:
    """Register everyone, make everything."""
    owner = await people.register("owner")
    world = World(people, owner)
    world.ids |= {"user": owner.user_id, "session": owner.subject.credential_id}
    world.tokens["owner"] = people.sign_ins[owner.user_id].access_token
    await _tenant(world)
    await _people(world)
    for sample in SAMPLES.values():
        if sample.make is not None:
            await sample.make(world)
    # Nothing is left to be told of when the walks begin.
    await follow(world.owner.services)
    await follow_automations(world.owner.services)
    return world


async def _tenant(world: World) -> None:
    ids = world.ids
    ids |= {"org_slug": f"acme-{secrets.token_hex(4)}", "workspace_slug": "eng"}
    acme = OrganizationCreate(name="Acme", slug=ids["org_slug"])
    ids["organization"] = (await world.made(create_organization, acme))["_id"]
    eng = WorkspaceCreate(organization_id=ids["organization"], name="Engineering", slug=ids["workspace_slug"])
    ids["workspace"] = (await world.made(create_workspace, eng))["_id"]


async def _people(world: World) -> None:
    """Who is in the workspace, who is in the organization alone, and who is in neither."""
    for role in (Role.ADMIN, Role.MEMBER, Role.VIEWER):
        await _joined(world, role)
    bystander, outsider = await _registered(world, "bystander"), await _registered(world, "outsider")
    for person in (bystander, outsider):
        await world.people.confirm(person)
    values = OrganizationMemberAdd(email=world.ids["bystander_email"], role=Role.MEMBER)
    await world.made(organization_member.add_organization_member, world.ids["organization"], values)
    # Nothing of a tenant is opened by it, which the denials of both hold.
    await grant_server_role(again(bystander), bystander.user_id, ServerRole.ADMIN)
    await grant_server_role(again(bystander), outsider.user_id, ServerRole.SUPER_ADMIN)


async def _registered(world: World, name: str) -> Context:
    person = await world.people.register(name)
    world.tokens[name] = world.people.sign_ins[person.user_id].access_token
    world.ids |= {f"{name}_email": world.people.email(person), f"{name}_id": person.user_id}
    return person


async def _joined(world: World, role: Role) -> None:
    """Register somebody who is called as their role is."""
    person = await _registered(world, role.value)
    values = WorkspaceMemberInvite(email=world.people.email(person), role=role)
    invited = await world.made(invitation.invite_workspace_member, world.ids["workspace"], values)
    await accept.accept_invitation(again(person), invited.token or "")
    if role is Role.ADMIN:
        update = organization_member.update_organization_member
        await world.made(update, world.ids["organization"], person.user_id, OrganizationMemberUpdate(role=role))
