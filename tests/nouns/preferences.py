"""What people set for themselves, and what they have looked at."""

from resolvers.inputs.preferences import PanelStatesUpdate, PreferencesUpdate, ProjectReorder
from tests.gateway.replay.state import nothing
from tests.rest.story import Cast, ask_board
from tests.world.paths import B_CARD, B_PROJECT, BOARD
from tests.world.sample import Sample, sent


async def board_story(cast: Cast) -> None:
    ann, path, card = cast.ann, f"/projects/{cast.project_id}", cast.card
    for address, given in (
        ("/user/settings", {"theme": "light"}),
        ("/settings/keyboard-shortcuts", {"newCard": "n"}),
        ("/settings/notifications", {"card_moved": False}),
    ):
        changed = await ask_board(ann, "PUT", address, **given)
        assert changed == await ask_board(ann, "GET", address)
        assert changed.items() >= given.items()
    states = {card: {"open": True, "width": 400}}
    assert await ask_board(ann, "PUT", f"{path}/panel-states", **states) == states
    assert await ask_board(ann, "GET", f"{path}/panel-states") == states
    await ask_board(ann, "DELETE", f"{path}/panel-states/{card}", 204)
    await ask_board(ann, "PATCH", f"{path}/last-opened", 204)
    await ask_board(ann, "POST", f"{path}/mark-all-read", 204)
    await ask_board(ann, "POST", f"{path}/cards/{card}/view", 204)
    ids = [project["id"] for project in await ask_board(ann, "GET", "/projects")][::-1]
    assert [project["id"] for project in await ask_board(ann, "PATCH", "/projects/reorder", ids=ids)] == ids


SAMPLE = Sample(
    calls={
        "viewerProjects": lambda _: (),
        "preferences": lambda _: (),
        "preferencesUpdate": lambda _: (PreferencesUpdate(settings={"theme": "dark"}),),
        "projectReorder": lambda ids: (ProjectReorder(organization_id=ids["organization"], ids=[ids["project"]]),),
        "projectOpen": lambda ids: (ids["project"],),
        "panelStates": lambda ids: (ids["project"],),
        "panelStatesUpdate": lambda ids: (
            PanelStatesUpdate(project_id=ids["project"], states={str(ids["card"]): {"open": True}}),
        ),
        "panelStateDelete": lambda ids: (ids["card"],),
        "cardView": lambda ids: (ids["card"],),
        "projectMarkAllRead": lambda ids: (ids["project"],),
    },
    routes={
        ("PATCH", BOARD + "/projects/reorder"): lambda ids: {
            "ids": [str(ids["project"])],
            "organizationId": str(ids["organization"]),
        },
        ("PATCH", B_PROJECT + "/last-opened"): None,
        ("GET", BOARD + "/user/settings"): None,
        ("PUT", BOARD + "/user/settings"): sent(theme="light"),
        ("GET", BOARD + "/settings/keyboard-shortcuts"): None,
        ("PUT", BOARD + "/settings/keyboard-shortcuts"): sent(newCard="n"),
        ("GET", BOARD + "/settings/notifications"): None,
        ("PUT", BOARD + "/settings/notifications"): sent(card_moved=False),
        ("GET", B_PROJECT + "/panel-states"): None,
        ("PUT", B_PROJECT + "/panel-states"): lambda ids: {str(ids["card"]): {"open": True}},
        ("DELETE", B_PROJECT + "/panel-states/{cardId}"): None,
        ("POST", B_PROJECT + "/mark-all-read"): None,
        ("POST", B_CARD + "/view"): None,
    },
    unseen={
        **dict.fromkeys(
            ("preferencesUpdate", "projectReorder", "projectOpen", "panelStatesUpdate", "panelStateDelete"),
            "what somebody sets for themselves is theirs alone, and read with their account",
        ),
        **dict.fromkeys(
            ("cardView", "projectMarkAllRead"),
            "what somebody has looked at is theirs alone, and changes nothing of what is kept",
        ),
    },
    rules={
        "CardSeen": ("cardId", nothing),
        "PreferencesChanged": ("preferences { settings }", nothing),
        "PanelStatesChanged": ("projectId", nothing),
        "ProjectSeen": ("projectId", nothing),
    },
    board_story=board_story,
)
