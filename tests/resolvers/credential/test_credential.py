import asyncio

import bson
import pytest

from auth.vault import Vault, new_vault_key
from gateway.database import Database
from models import CredentialVersion
from models.base import collection
from models.enums import Role, TokenScope
from models.errors import Conflict, DecryptionFailed, Forbidden, NotConfigured, NotFound
from models.records import CredentialRecord, OrganizationRecord, WorkspaceRecord
from resolvers.account.api_token import create_api_token
from resolvers.api_key.api_key import create_api_key
from resolvers.credential.credential import (
    create_credential,
    credentials_of,
    delete_credential,
    list_credentials,
    reveal_credential,
    rotate_credential,
    update_credential,
    upsert_credential,
)
from resolvers.credential.rewrap import rewrap_all, sealed_by, warn_of_missing
from resolvers.credential.token import token_for
from resolvers.inputs.api_key import ApiKeyCreate
from resolvers.inputs.api_token import ApiTokenCreate
from resolvers.inputs.credential import CredentialCreate, CredentialRotate, CredentialUpdate, CredentialUpsert
from resolvers.kit.context import Context
from tests.conftest import empty
from tests.resolvers.conftest import Join, Tenant, make_organization
from tests.resolvers.lab import VAULT, People, again, event_types, events

CANARY = "sk-canary-9f8e7d6c5b4a"


@pytest.fixture
async def credential(owner: Context, organization: OrganizationRecord, database: Database) -> CredentialRecord:
    """The one credential that there is, of `organization`; it holds CANARY."""
    await empty(database, CredentialVersion)
    values = CredentialCreate.of(organization_id=organization["_id"], key="anthropic", value=CANARY)
    return (await create_credential(again(owner), values)).value


def dated(ctx: Context, vault: Vault) -> Context:
    """A request to a gateway with other keys."""
    moved = again(ctx)
    object.__setattr__(moved.services, "vault", vault)
    return moved


async def revealed(ctx: Context, credential: CredentialRecord) -> str:
    return (await reveal_credential(again(ctx), credential["_id"])).value.value


async def places_with(database: Database, text: str) -> set[str]:
    """The collections with a document that has a text anywhere."""
    return {
        name
        for name in await database.db.list_collection_names()
        async for document in database.db[name].find({})
        if text.encode() in bson.encode(document)
    }


async def test_what_a_credential_holds_is_nowhere_but_in_the_answer_to_who_reveals_it(
    owner: Context, credential: CredentialRecord, organization: OrganizationRecord, database: Database
) -> None:
    assert await revealed(owner, credential) == CANARY

    other = CANARY[::-1]
    await rotate_credential(again(owner), credential["_id"], CredentialRotate(value=other))

    assert await revealed(owner, credential) == other
    assert [await places_with(database, text) for text in (CANARY, other)] == [set(), set()]
    assert (await event_types(organization["_id"]))[-4:] == [
        "CredentialCreated",
        "CredentialRevealed",
        "CredentialRotated",
        "CredentialRevealed",
    ]
    assert (await events(organization["_id"]))[-1]["actor_id"] == owner.user_id


async def test_a_record_shows_the_end_of_a_long_value_alone(owner: Context, credential: CredentialRecord) -> None:
    short = await rotate_credential(again(owner), credential["_id"], CredentialRotate(value="hunter2"))

    assert (credential["hint"], credential["version"]) == (CANARY[-4:], 1)
    assert (short.value["hint"], short.value["version"]) == (None, 2)


async def test_of_a_rotated_or_deleted_credential_nothing_is_kept(owner: Context, credential: CredentialRecord) -> None:
    mine = {"credential_id": credential["_id"]}
    await rotate_credential(again(owner), credential["_id"], CredentialRotate(value="other"))
    kept = await collection(CredentialVersion).find(mine).to_list()
    await delete_credential(again(owner), credential["_id"])

    assert [version["version"] for version in kept] == [2]
    assert await collection(CredentialVersion).find(mine).to_list() == []


async def test_a_key_is_taken_once_in_an_organization(owner: Context, credential: CredentialRecord) -> None:
    def named(organization_id: object) -> CredentialCreate:
        return CredentialCreate.of(organization_id=organization_id, key="anthropic", value="x")

    elsewhere = await make_organization(owner)
    with pytest.raises(Conflict, match="key"):
        await create_credential(again(owner), named(credential["organization_id"]))

    assert (await create_credential(again(owner), named(elsewhere["_id"]))).value["key"] == "anthropic"


async def test_an_update_changes_what_is_said_of_it_and_says_nothing_where_nothing_differs(
    owner: Context, credential: CredentialRecord, organization: OrganizationRecord
) -> None:
    values = CredentialUpdate.of(description="Of the planners")
    changed = await update_credential(again(owner), credential["_id"], values)
    await update_credential(again(owner), credential["_id"], values)

    assert (changed.value["description"], changed.value["version"]) == ("Of the planners", 1)
    assert (await event_types(organization["_id"])).count("CredentialUpdated") == 1


async def test_admins_read_which_credentials_there_are_and_members_do_not(
    owner: Context,
    credential: CredentialRecord,
    organization: OrganizationRecord,
    workspace: WorkspaceRecord,
    join: Join,
) -> None:
    member = await join(workspace, "ada", Role.ADMIN)  # of the workspace, not of the organization

    [found] = await credentials_of(again(owner), [organization], None)

    assert [record["key"] for record in found] == ["anthropic"]
    with pytest.raises(Forbidden):
        await credentials_of(again(member), [organization], None)
    with pytest.raises(Forbidden):
        await reveal_credential(again(member), credential["_id"])


async def test_a_token_reveals_nothing(owner: Context, credential: CredentialRecord, people: People) -> None:
    token = await people.with_token(owner, ["account:write", "projects:read"])

    with pytest.raises(Forbidden):
        await reveal_credential(token, credential["_id"])


async def test_a_model_is_given_the_credentials_of_its_workspaces_organization_alone(
    owner: Context, credential: CredentialRecord, workspace: WorkspaceRecord
) -> None:
    elsewhere = await make_organization(owner)
    values = CredentialCreate.of(organization_id=elsewhere["_id"], key="other", value="theirs")
    foreign = (await create_credential(again(owner), values)).value

    assert (await token_for(owner.services, workspace["_id"], credential["_id"])).text == CANARY
    with pytest.raises(NotFound):
        await token_for(owner.services, workspace["_id"], foreign["_id"])


async def test_another_key_takes_over_while_credentials_are_read_and_rotated(
    owner: Context, organization: OrganizationRecord, credential: CredentialRecord
) -> None:
    made = [credential]
    for number in range(5):
        values = CredentialCreate.of(organization_id=organization["_id"], key=f"key{number}", value=f"{CANARY}{number}")
        made.append((await create_credential(again(owner), values)).value)
    new = new_vault_key()
    both = Vault((new, *VAULT.keys))
    ctx = dated(owner, both)

    _, values_read, *_ = await asyncio.gather(
        rewrap_all(both, lambda: None),
        asyncio.gather(*(revealed(ctx, record) for record in made)),
        rotate_credential(again(ctx), made[-1]["_id"], CredentialRotate(value="rotated")),
    )

    assert values_read[:-1] == [CANARY, *(f"{CANARY}{number}" for number in range(4))]
    assert (await sealed_by()).keys() == {new.kid}
    assert await rewrap_all(both, lambda: None) == 0
    alone = dated(owner, Vault((new,)))
    assert [await revealed(alone, record) for record in (made[0], made[-1])] == [CANARY, "rotated"]


async def test_without_the_key_that_sealed_it_a_credential_does_not_open_and_the_log_says_so(
    owner: Context, credential: CredentialRecord, organization: OrganizationRecord, caplog: pytest.LogCaptureFixture
) -> None:
    other = Vault((new_vault_key(),))

    await warn_of_missing(VAULT)
    assert caplog.messages == []
    await warn_of_missing(other)
    assert "the key test" in caplog.text
    with pytest.raises(DecryptionFailed):
        await revealed(dated(owner, other), credential)
    assert "CredentialRevealed" not in await event_types(organization["_id"])


async def test_without_any_key_none_is_made(owner: Context, organization: OrganizationRecord) -> None:
    values = CredentialCreate.of(organization_id=organization["_id"], key="anthropic", value=CANARY)

    with pytest.raises(NotConfigured):
        await create_credential(dated(owner, Vault()), values)

    assert "CredentialCreated" not in await event_types(organization["_id"])


def test_an_input_does_not_tell_what_it_holds() -> None:
    assert CANARY not in repr(CredentialRotate(value=CANARY))


async def test_a_key_does_with_credentials_what_its_scopes_name_and_a_token_reveals_where_it_names_that(
    owner: Context, credential: CredentialRecord, tenant: Tenant, people: People
) -> None:
    # Given keys of the organization that read, write, and do neither, and a personal token that administers
    organization_id = tenant.organization["_id"]

    async def key(*scopes: TokenScope) -> Context:
        values = ApiKeyCreate.of(organization_id=organization_id, name="Key", scopes=[*scopes])
        return await people.by_jwt((await create_api_key(again(owner), values)).value.secret)

    reading, writing = await key(TokenScope.CREDENTIALS_READ), await key(TokenScope.CREDENTIALS_WRITE)
    neither = await key(TokenScope.PROJECTS_WRITE)
    administering = ApiTokenCreate(name="Old", scopes=[TokenScope.ACCOUNT_WRITE])
    token = await people.by_jwt((await create_api_token(again(owner), administering)).value.secret)
    of_mail = CredentialUpsert.of(organization_id=organization_id, key="mail", value=CANARY, description="Letters")

    # When they upsert
    for ctx in (reading, neither):
        with pytest.raises(Forbidden):
            await upsert_credential(again(ctx), of_mail)
    made = (await upsert_credential(again(writing), of_mail)).value
    other = CredentialUpsert.of(organization_id=organization_id, key="mail", value="other")
    upserted = (await upsert_credential(again(token), other)).value

    # Then it is the one of the key that was changed, and what was not given of it stayed
    assert (upserted["_id"], upserted["version"], upserted["description"]) == (made["_id"], 2, "Letters")
    # And each reads, reveals and deletes what it may
    assert await revealed(reading, made) == "other"
    assert [listed["key"] for listed in await list_credentials(again(token), organization_id)] == ["anthropic", "mail"]
    for ctx in (writing, neither, token):
        with pytest.raises(Forbidden):
            await revealed(ctx, made)
    for ctx in (reading, neither):
        with pytest.raises(Forbidden):
            await delete_credential(again(ctx), made["_id"])
    await delete_credential(again(writing), made["_id"])
    assert [listed["key"] for listed in await list_credentials(again(reading), organization_id)] == ["anthropic"]
    # And of another organization a key finds nothing
    foreign = await make_organization(again(owner))
    with pytest.raises(NotFound):
        await list_credentials(again(reading), foreign["_id"])
