"""Contracts of the caller's notifications."""

from resolvers.notification.follow import follow
from tests.rest.contract.contract import MALFORMED, STRANGER, Contract, Ref, Then, bad, bad_id, without
from tests.rest.contract.shape import COUNT, ID, OBJECT, TIME, maybe, one_of
from tests.rest.contract.stage import Stage

TYPE = one_of(
    "card_created",
    "card_updated",
    "card_moved",
    "card_archived",
    "card_deleted",
    "card_assigned",
    "comment_added",
    "member_added",
    "member_removed",
)
NOTIFICATION = {
    "id": ID,
    "userId": Ref("user"),
    "readAt": maybe(TIME),
    "activity": {"type": TYPE, "actorId": ID, "meta": OBJECT, "createdAt": TIME},
}
MOVED = {
    **NOTIFICATION,
    "readAt": None,
    "activity": {
        "type": "card_moved",
        "actorId": Ref("member_id"),
        "meta": {"fromColumn": "To do", "toColumn": "In progress"},
        "createdAt": TIME,
    },
}
CARD = "/orgs/{orgSlug}/workspaces/{wsSlug}/projects/{projectId}/cards/{cardId}"
COLUMNS = "/orgs/{orgSlug}/workspaces/{wsSlug}/projects/{projectId}/columns"


async def _moved(stage: Stage) -> None:
    column = await stage.made(COLUMNS, name="In progress")
    await stage.send("PATCH", CARD, by="member", json={"columnId": column["id"]})


async def _moved_and_more_is_read(stage: Stage) -> None:
    await _moved(stage)
    await stage.made(CARD + "/comments", by="member", content="Look")
    await follow(stage.owner.services)
    newest = (await stage.send("GET", "/notifications")).json()[0]
    assert newest["activity"]["type"] == "comment_added"
    await stage.send("PATCH", "/notifications/{id}/read", path={"id": newest["id"]})


CONTRACTS = [
    Contract(
        method="GET",
        route="/notifications",
        given=_moved_and_more_is_read,
        params={"limit": "1", "unreadOnly": "true"},
        answers=(MOVED,),
        bad=bad("limit", params={"limit": "none"}),
        denied=without("notifications:read"),
    ),
    Contract(
        method="GET",
        route="/notifications/count",
        answers={"count": COUNT},
        bad=MALFORMED,
        denied=without("notifications:read"),
    ),
    Contract(
        method="PATCH",
        route="/notifications/read-all",
        answers={"ok": True},
        then=(Then("/notifications/count", {"count": 0}), Then("/notifications", [{"readAt": TIME}])),
        bad=MALFORMED,
        denied=without("notifications:read"),
    ),
    Contract(
        method="PATCH",
        route="/notifications/{id}/read",
        path={"id": Ref("notification")},
        answers={**NOTIFICATION, "id": Ref("notification"), "readAt": TIME},
        bad=bad_id("id"),
        denied=STRANGER,
    ),
]
