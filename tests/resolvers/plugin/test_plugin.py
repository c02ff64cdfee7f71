"""Plugins of a workspace: who installs them, and with which settings."""

from dataclasses import replace
from typing import Any

import pytest

from models import PluginDelivery
from models.base import collection
from models.enums import Role
from models.errors import BadUserInput, Forbidden, NotFound
from models.ids import Kind, new_id
from models.outbound import Outbound
from models.records import OrganizationRecord, PluginRecord, WorkspaceRecord
from resolvers.credential.credential import create_credential
from resolvers.inputs.credential import CredentialCreate
from resolvers.inputs.organization import OrganizationCreate
from resolvers.inputs.plugin import PluginInstall, PluginUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import Input, read_input
from resolvers.organization.organization import create_organization
from resolvers.plugin import manifest
from resolvers.plugin.kind import CredentialId, Delivery, PluginKind, credentials_in
from resolvers.plugin.manifest import kinds, list_manifests
from resolvers.plugin.plugin import install_plugin, remove_plugin, update_plugin
from tests.resolvers.conftest import Join
from tests.resolvers.lab import again

URL = "https://hooks.example/orrery"


async def secret(ctx: Context, organization: Any, key: str = "hook") -> str:
    values = CredentialCreate.of(organization_id=organization["_id"], key=key, value="a secret of the webhook")
    return str((await create_credential(again(ctx), values)).value["_id"])


async def installed(ctx: Context, workspace: WorkspaceRecord, **settings: Any) -> PluginRecord:
    given = {"workspaceId": workspace["_id"], "plugin": "webhook", "name": "Chat", "settings": settings}
    return (await install_plugin(again(ctx), read_input(PluginInstall, given))).value


async def test_what_there_is_to_install_is_told_to_anybody(anonymous: Context) -> None:
    [mcp, webhook] = await list_manifests(anonymous)

    assert (mcp.key, mcp.settings_schema["required"]) == ("mcp", ["url"])
    assert (webhook.key, webhook.settings_schema["required"]) == ("webhook", ["url", "secret"])
    assert webhook.settings_schema["properties"]["secret"]["format"] == "credential"


class Hook(Input):
    """One of several addresses."""

    secret: CredentialId


class Hooks(Input):
    """Settings that name credentials deep inside."""

    several: list[Hook]
    named: dict[str, Hook]


def test_credentials_are_found_however_deep_settings_name_them() -> None:
    first, second = new_id(Kind.CREDENTIAL), new_id(Kind.CREDENTIAL)
    settings = read_input(Hooks, {"several": [{"secret": first}], "named": {"other": {"secret": second}}})

    assert list(credentials_in(settings)) == [first, second]


async def test_settings_have_to_fit_the_manifest(
    owner: Context, organization: OrganizationRecord, workspace: WorkspaceRecord
) -> None:
    held = await secret(owner, organization)
    for settings, field in (
        ({"secret": held}, "settings.url"),
        ({"url": URL}, "settings.secret"),
        ({"url": URL, "secret": held, "colour": "red"}, "settings.colour"),
        ({"url": URL, "secret": held, "events": ["CredentialCreated"]}, "settings.events.0"),
        ({"url": "http://127.0.0.1:1/", "secret": held}, "settings.url"),
        ({"url": "ftp://hooks.example/", "secret": held}, "settings.url"),
    ):
        with pytest.raises(BadUserInput) as refused:
            await installed(owner, workspace, **settings)
        assert refused.value.field == field

    given = {"workspaceId": workspace["_id"], "plugin": "fax", "name": "Fax"}
    with pytest.raises(BadUserInput, match="is no plugin: there are mcp, webhook"):
        await install_plugin(again(owner), read_input(PluginInstall, given))


async def test_a_credential_is_one_of_the_organization_and_takes_its_admin(
    owner: Context, organization: OrganizationRecord, workspace: WorkspaceRecord, join: Join
) -> None:
    # Given credentials of two organizations of one owner, and an admin of the workspace alone
    other = (await create_organization(again(owner), OrganizationCreate(name="Other", slug=f"o{id(owner)}"))).value
    foreign, own = await secret(owner, other), await secret(owner, organization)
    admin = await join(workspace, "bob", Role.ADMIN)

    # Then neither goes beyond what is theirs
    with pytest.raises(BadUserInput, match="of another organization"):
        await installed(owner, workspace, url=URL, secret=foreign)
    with pytest.raises((Forbidden, NotFound)):
        await installed(admin, workspace, url=URL, secret=own)
    assert (await installed(owner, workspace, url=URL, secret=own))["settings"] == {"url": URL, "secret": own}


async def test_a_plugin_is_told_for_as_long_as_it_is_enabled(
    owner: Context, organization: OrganizationRecord, workspace: WorkspaceRecord
) -> None:
    plugin = await installed(owner, workspace, url=URL, secret=await secret(owner, organization))
    mine = {"_id": plugin["_id"]}
    before = await collection(PluginDelivery).find_one(mine)
    assert before is not None

    await update_plugin(again(owner), plugin["_id"], PluginUpdate.of(enabled=False))
    assert await collection(PluginDelivery).find_one(mine) is None

    await update_plugin(again(owner), plugin["_id"], PluginUpdate.of(enabled=True))
    after = await collection(PluginDelivery).find_one(mine)
    assert after is not None
    assert after["seq"] > before["seq"]

    await remove_plugin(again(owner), plugin["_id"])
    assert await collection(PluginDelivery).find_one(mine) is None


class Paper(Input):
    """Settings of an operator's plugin."""

    tray: int = 1


async def _print(_delivery: Delivery) -> None:
    return None


FAX = PluginKind(key="fax", name="Fax", description="Prints.", version="2", settings=Paper, deliver=_print)


class Point:
    """An entry point."""

    def __init__(self, name: str, found: Any) -> None:
        self.name, self._found = name, found

    def load(self) -> Any:
        if isinstance(self._found, Exception):
            raise self._found
        return self._found


async def test_the_operator_adds_plugins_by_entry_points(
    monkeypatch: pytest.MonkeyPatch, owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given a good one, one that cannot be loaded, one that is none, and one whose key is taken
    taken = replace(FAX, key="webhook")
    points = [Point("fax", FAX), Point("b", ImportError("gone")), Point("c", object()), Point("d", taken)]
    monkeypatch.setattr(manifest, "entry_points", lambda group: points if group == "orrery.plugins" else [])
    kinds.cache_clear()
    try:
        assert [told.key for told in await list_manifests(again(owner))] == ["fax", "mcp", "webhook"]
        given = {"workspaceId": workspace["_id"], "plugin": "fax", "name": "Fax", "settings": {"tray": 2}}
        assert (await install_plugin(again(owner), read_input(PluginInstall, given))).value["plugin"] == "fax"
    finally:
        kinds.cache_clear()


def test_an_address_of_ones_own_network_takes_the_operator() -> None:
    webhook = kinds()["webhook"]
    settings = webhook.read({"url": "http://127.0.0.1:9/", "secret": "0" * 8 + "c1" + "0" * 14})

    with pytest.raises(BadUserInput):
        webhook.check(Outbound(), settings)
    webhook.check(Outbound(frozenset({"127.0.0.1:9"})), settings)
