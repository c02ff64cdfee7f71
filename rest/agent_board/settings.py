"""What the caller has set: how things are shown, the keys of the keyboard, and what they are told of."""

from typing import Any, Literal

from pydantic import ConfigDict, Field, create_model
from typing_extensions import TypedDict

from models.base import AnyRecord
from models.enums import ActivityType
from models.ids import Kind
from models.organization import RELAY_THRESHOLD, RelayMode
from models.records import PreferencesRecord
from resolvers.inputs.organization import OrganizationUpdate, RelayModeWord, Threshold
from resolvers.inputs.preferences import PanelStatesUpdate, PreferencesUpdate
from resolvers.kit.input import Flag, Input, read_input
from resolvers.organization.organization import get_organization_by_id, list_organizations, update_organization
from resolvers.preferences.panel_state import delete_panel_state, list_panel_states, update_panel_states
from resolvers.preferences.preferences import get_preferences, update_preferences
from rest.agent_board import guards
from rest.agent_board.dialect import board_routes
from rest.agent_board.organization_context import OrganizationQuery, organization_of_call
from rest.present import word
from rest.routing import Call

user = board_routes("user settings", "/user/settings", about="What the caller has set.", place=250)
shortcuts = board_routes("user settings", "/settings/keyboard-shortcuts")
told = board_routes("user settings", "/settings/notifications")
relay = board_routes(
    "context relay", "/settings/context-relay", about="How runs are handed over whose context has grown long."
)
panels = board_routes(
    "panel states", guards.PROJECT_PATH + "/panel-states", about="How the caller has left the panels of cards."
)

DEFAULTS: dict[str, Any] = {
    "theme": "dark",
    "highContrast": False,
    "sidebarExpanded": True,
    "agentReasoning": True,
    "statusLine": True,
    "hiddenToolTypes": [],
}
"""How clients show things where nobody has said anything."""
KEPT = "notifications:"
"""What the settings are called by which clients keep how somebody is told, and which the gateway knows nothing of."""
FIRST: dict[str, Any] = {"relay_mode": RelayMode.MANUAL, "relay_threshold": RELAY_THRESHOLD}
"""How runs are handed over where nobody has said anything."""


class Map(Input):
    """Any names, each with what it is set to; null takes one away. Those that are left out stay."""

    model_config = ConfigDict(extra="allow")


NotificationSettings = create_model(
    "NotificationSettings",
    __base__=Map,
    __doc__="What the caller is told of, by the kind of activity; null is told of again. Any other names are kept for "
    "clients, and null takes one away. Those left out stay.",
    **{kind.value: (Flag | None, Field(None, alias=kind.value)) for kind in ActivityType},  # type: ignore[call-overload]
)


@user.get("", "Read the caller's settings", runs=get_preferences)
async def find(call: Call) -> dict[str, Any]:
    """What clients keep of how things are shown; defaults for what was never set."""
    return _settings(await get_preferences(call.ctx))


@user.put("", "Change the caller's settings", runs=update_preferences, body=Map)
async def update(call: Call) -> dict[str, Any]:
    """What is given is put over what is there; null takes a setting away."""
    return _settings(await _set(call, "settings", call.body(Map)))


@shortcuts.get("", "Read the caller's keyboard shortcuts", runs=get_preferences)
async def find_shortcuts(call: Call) -> dict[str, Any]:
    return (await get_preferences(call.ctx))["shortcuts"]


@shortcuts.put("", "Change the caller's keyboard shortcuts", runs=update_preferences, body=Map)
async def update_shortcuts(call: Call) -> dict[str, Any]:
    """What is given is put over what is there; null takes a shortcut away."""
    return (await _set(call, "shortcuts", call.body(Map)))["shortcuts"]


@told.get("", "Read what the caller is told of", runs=get_preferences)
async def find_told(call: Call) -> dict[str, Any]:
    """By the kind of activity, and what clients keep beside that."""
    return _told(await get_preferences(call.ctx))


@told.put("", "Change what the caller is told of", runs=update_preferences, body=NotificationSettings)
async def update_told(call: Call) -> dict[str, Any]:
    """By the kind of activity; null is told of again. Other names are kept as they are."""
    body = call.body(NotificationSettings)
    kept = body.model_extra or {}
    given = {kind: on for kind, on in body.given().items() if kind not in kept}
    values = {
        "mute": [kind for kind, on in given.items() if on is False],
        "unmute": [kind for kind, on in given.items() if on is not False],
        "settings": {KEPT + name: value for name, value in kept.items()},
    }
    return _told((await update_preferences(call.ctx, read_input(PreferencesUpdate, values))).value)


class RelayBody(OrganizationQuery):
    """What changes of how runs are handed over in an organization: by default the one of the header
    `X-Organization-Id`, or else the caller's own. Null is as it was at first, what is left out stays."""

    mode: RelayModeWord | None = None
    threshold: Threshold | None = None


class RelayData(TypedDict):
    """How runs are handed over whose context has grown long: by hand alone, by themselves from `threshold` of the
    model's context on, or not at all."""

    mode: Literal["off", "manual", "auto"]
    threshold: float


@relay.get("", "Read how runs are handed over", runs=get_organization_by_id, query=OrganizationQuery, names_object=True)
async def find_relay(call: Call) -> RelayData:
    """In an organization: the one that is named, or else the caller's own."""
    organization_id = await organization_of_call(call, call.query(OrganizationQuery).organization_id)
    return _relay(await get_organization_by_id(call.ctx, organization_id))


@relay.put(
    "",
    "Change how runs are handed over",
    runs=update_organization,
    body=RelayBody,
    names_object=True,
    reads=[list_organizations],
)
async def update_relay(call: Call) -> RelayData:
    """For admins of the organization."""
    body = call.body(RelayBody)
    organization_id = await organization_of_call(call, body.organization_id)
    given = {f"relay_{name}": value for name, value in body.given().items() if name != "organization_id"}
    values = OrganizationUpdate.of(**{name: FIRST[name] if value is None else value for name, value in given.items()})
    return _relay((await update_organization(call.ctx, organization_id, values)).value)


@panels.get("", "Read how the caller has left the panels of cards", runs=list_panel_states)
async def find_panels(call: Call) -> dict[str, Any]:
    """By the ids of cards."""
    return await _panels(call)


@panels.put("", "Keep how the caller has left the panels of cards", runs=update_panel_states, body=Map)
async def update_panels(call: Call) -> dict[str, Any]:
    """By the ids of cards; null takes one away. At most 100 at once, of 4 KB each."""
    project, states = await guards.project(call), call.body(Map).model_extra or {}
    given = {"projectId": project["_id"], "states": states}
    await update_panel_states(call.ctx, read_input(PanelStatesUpdate, given))
    return await _panels(call)


@panels.delete("/{cardId}", "Forget how the caller has left the panels of a card", runs=delete_panel_state, body=None)
async def delete_panel(call: Call) -> None:
    await delete_panel_state(call.ctx, (await guards.card(call))["_id"])


async def _set(call: Call, name: str, given: Map) -> PreferencesRecord:
    values = read_input(PreferencesUpdate, {name: given.model_extra or {}})
    return (await update_preferences(call.ctx, values)).value


async def _panels(call: Call) -> dict[str, Any]:
    found = await list_panel_states(call.ctx, call.id("projectId", Kind.PROJECT))
    return {str(record["card_id"]): record["state"] for record in found}


def _relay(organization: AnyRecord) -> RelayData:
    now = {**FIRST, **organization}
    return {"mode": word(RelayMode(now["relay_mode"])), "threshold": now["relay_threshold"]}


def _settings(preferences: PreferencesRecord) -> dict[str, Any]:
    return {**DEFAULTS, **{name: value for name, value in preferences["settings"].items() if not name.startswith(KEPT)}}


def _told(preferences: PreferencesRecord) -> dict[str, Any]:
    muted, settings = set(preferences["muted_activities"]), preferences["settings"]
    kept = {name.removeprefix(KEPT): value for name, value in settings.items() if name.startswith(KEPT)}
    return {**kept, **{kind.value: kind.value not in muted for kind in ActivityType}}
