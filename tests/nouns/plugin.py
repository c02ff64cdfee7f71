"""Plugins of a workspace, and what is called of a remote server."""

from auth.authenticate import authenticate
from models import RemoteCall
from models.base import collection
from models.enums import RemoteCallState
from resolvers.credential.credential import create_credential
from resolvers.inputs.credential import CredentialCreate
from resolvers.inputs.plugin import PluginInstall, PluginUpdate, RemoteCallSettle, RemoteToolCall
from resolvers.kit.context import Context
from resolvers.plugin.plugin import install_plugin
from resolvers.plugin.remote import call_remote_tool
from tests.rest.conftest import made
from tests.rest.story import Cast, changed, deleted, read
from tests.world.paths import WORKSPACE
from tests.world.sample import Kept, Sample, sent
from tests.world.world import Ids, World

PLUGINS = WORKSPACE + "/plugins"


async def make(world: World) -> None:
    ids = world.ids
    hook = PluginInstall.of(workspace_id=ids["workspace"], plugin="webhook", name="Hook", settings=_hook(ids))
    ids["plugin"] = (await world.made(install_plugin, hook))["_id"]
    server = {"url": "https://127.0.0.1:1/mcp"}  # which is refused before anything is sent
    tools = PluginInstall.of(workspace_id=ids["workspace"], plugin="mcp", name="Tools", settings=server)
    ids["mcp_plugin"] = (await world.made(install_plugin, tools))["_id"]
    echo = RemoteToolCall(workspace_id=ids["workspace"], plugin_id=ids["mcp_plugin"], tool="echo")
    ids["remote_call"] = (await world.made(call_remote_tool, echo))["_id"]
    unknown = {"$set": {"state": RemoteCallState.UNKNOWN.value, "due_at": None}}
    await collection(RemoteCall).update_one({"_id": ids["remote_call"]}, unknown)


def _hook(ids: Ids) -> dict[str, str]:
    """The settings of a webhook."""
    return {"url": "https://hooks.example/orrery", "secret": str(ids["credential"])}


async def story(cast: Cast) -> None:
    api, ann, plugins = cast.api, cast.ann, f"{cast.workspace}/plugins"
    assert [manifest["key"] for manifest in await read(api.client(), "/plugins")] == ["mcp", "webhook"]
    organization = (await read(ann, "/organizations/acme"))["id"]
    values = CredentialCreate.of(organization_id=organization, key="hook", value="a secret that is long enough")
    services, authorization = api.ctx.services, ann.headers["authorization"]
    owner = Context(await authenticate(services.signer, authorization=authorization, cookie=None), services)
    credential = (await create_credential(owner, values)).value["_id"]
    settings = {"url": "https://hooks.example.com/orrery", "secret": str(credential), "events": ["CardMoved"]}
    plugin = await made(ann, plugins, plugin="webhook", name="Chat", settings=settings)
    assert await read(ann, plugins) == [plugin]
    assert await read(ann, f"{plugins}/{plugin['id']}") == plugin
    assert (await changed(ann, f"{plugins}/{plugin['id']}", enabled=False))["enabled"] is False
    await deleted(ann, f"{plugins}/{plugin['id']}")


SAMPLE = Sample(
    after=("credential",),
    make=make,
    calls={
        "plugins": lambda _: (),
        "plugin": lambda ids: (ids["plugin"],),
        "workspacePlugins": lambda ids: (ids["workspace"],),
        "pluginInstall": lambda ids: (
            PluginInstall.of(workspace_id=ids["workspace"], plugin="webhook", name="More", settings=_hook(ids)),
        ),
        "pluginUpdate": lambda ids: (ids["plugin"], PluginUpdate.of(name="Other")),
        "pluginRemove": lambda ids: (ids["plugin"],),
        "remoteServers": lambda ids: (ids["workspace"],),
        "remoteCall": lambda ids: (ids["remote_call"],),
        "remoteToolCall": lambda ids: (
            RemoteToolCall(workspace_id=ids["workspace"], plugin_id=ids["mcp_plugin"], tool="echo"),
        ),
        "remoteCallSettle": lambda ids: (ids["remote_call"], RemoteCallSettle(done=True, note="It is there")),
    },
    makes_another={"pluginInstall", "remoteToolCall"},
    routes={
        ("GET", "/plugins"): None,
        ("GET", PLUGINS): None,
        ("POST", PLUGINS): lambda ids: {"plugin": "webhook", "name": "More", "settings": _hook(ids)},
        ("GET", PLUGINS + "/{pluginId}"): None,
        ("PATCH", PLUGINS + "/{pluginId}"): sent(name="Other"),
        ("DELETE", PLUGINS + "/{pluginId}"): None,
    },
    unseen=dict.fromkeys(
        ("pluginInstall", "pluginUpdate", "pluginRemove"),
        "plugins are for admins, and a workspace's stream is for all its members",
    ),
    kept={
        "RemoteCall": Kept(
            "mission { id } createdBy { id } settledBy { id }",
            {"Workspace": "remoteCalls(first: 50) { nodes { ...RemoteCallFields } }"},
        )
    },
    story=story,
)
