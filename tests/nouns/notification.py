"""What people are told of."""

from models import Notification
from models.base import collection
from models.errors import NotFound
from resolvers.card.comment import create_comment
from resolvers.inputs.activity import NoticeCreate
from resolvers.inputs.card import CommentCreate
from resolvers.kit.page import Window
from resolvers.notification.follow import follow
from tests.gateway.replay.state import JSON, State, take
from tests.rest.conftest import made
from tests.rest.story import Cast, ask_orkosi, changed, deleted, read
from tests.world.paths import ORKOSI
from tests.world.sample import Kept, Sample, sent
from tests.world.world import World

NOTIFICATIONS = ORKOSI + "/notifications"


async def make(world: World) -> None:
    """The owner is told of what the agent does."""
    ids = world.ids
    note = CommentCreate(card_id=ids["card"], content="Done")
    await create_comment(await world.context("agent"), note)
    await follow(world.owner.services)
    told = await collection(Notification).find_one({"user_id": ids["user"]}, {"_id": 1})
    assert told is not None
    ids["notification"] = told["_id"]


def _read(state: State, event: JSON) -> None:
    for key, notification in state.get("Notification", {}).items():
        if key in event["ids"] or (event["all"] and notification["readAt"] is None):
            notification["readAt"] = event["at"]


def _deleted(state: State, event: JSON) -> None:
    for one in event["ids"]:
        take(state, "Notification", one)


async def story(cast: Cast) -> None:
    """Bob reads what he is told of, and leaves."""
    ann, bob = cast.ann, cast.bob
    await made(ann, f"{cast.path}/cards", title="Something new")
    await follow(cast.api.ctx.services)
    unread = await read(bob, "/notifications?unreadOnly=1&limit=100")
    assert unread[0]["activity"]["type"] == "card_created"
    await changed(bob, f"/notifications/{unread[0]['id']}/read")
    assert await read(bob, "/notifications/count") == {"count": len(unread) - 1}
    assert await changed(bob, "/notifications/read-all") == {"ok": True, "count": len(unread) - 1}
    assert len(await read(bob, "/notifications?limit=100")) == len(unread)
    bob_id = (await read(bob, "/auth/me"))["user"]["id"]
    await deleted(ann, f"{cast.path}/members/{bob_id}")
    await deleted(ann, f"{cast.workspace}/members/{bob_id}")


async def orkosi_story(cast: Cast) -> None:
    client, base = cast.ann, cast.orkosi
    notice = {"title": "Soon", "message": "The dome opens", "type": "warning", "source": "ci", "link": "/app"}
    told = await ask_orkosi(client, "POST", f"{base}/notifications", 201, **notice)
    assert {**told, **notice, "read": False} == told
    assert (await ask_orkosi(client, "GET", f"{base}/notifications/unread-count"))["count"] >= 0
    await ask_orkosi(client, "GET", f"{base}/notifications?type=warning")
    assert (await ask_orkosi(client, "PATCH", f"{base}/notifications/read-all"))["success"]


SAMPLE = Sample(
    after=("comment", "document", "proposal", "project_member"),
    make=make,
    calls={
        "noticeCreate": lambda ids: (NoticeCreate(workspace_id=ids["workspace"], title="Soon", message="A new dome"),),
        "notification": lambda ids: (ids["notification"],),
        "notificationList": lambda _: (Window.read(),),
        "notificationUnreadCount": lambda _: (),
        "notificationMarkRead": lambda ids: (ids["notification"],),
        "notificationMarkAllRead": lambda _: (),
        "notifications": lambda _: (),
    },
    # A notification is its addressee's.
    beyond={
        (name, caller): NotFound
        for name in ("notification", "notificationMarkRead")
        for caller in ("outsider", "bystander", "member", "viewer", "admin")
    },
    makes_another={"noticeCreate"},
    routes={
        ("GET", "/notifications"): None,
        ("GET", "/notifications/count"): None,
        ("PATCH", "/notifications/read-all"): None,
        ("PATCH", "/notifications/{id}/read"): None,
        ("GET", NOTIFICATIONS): None,
        ("POST", NOTIFICATIONS): sent(title="Soon", message="The dome opens"),
        ("GET", NOTIFICATIONS + "/unread-count"): None,
        ("PATCH", NOTIFICATIONS + "/read-all"): None,
    },
    kept={
        "Notification": Kept(
            "activity { id }", {"Viewer": "notifications(first: 500) { nodes { ...NotificationFields } }"}
        )
    },
    rules={"NotificationsRead": ("ids all", _read), "NotificationsDeleted": ("ids", _deleted)},
    story=story,
    orkosi_story=orkosi_story,
)
