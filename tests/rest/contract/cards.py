"""Contracts of cards, their checklists and comments, and of searching them."""

from typing import Any

from tests.rest.contract.contract import OK, STRANGER, Contract, Ref, Refused, Then, bad, bad_id, without
from tests.rest.contract.shape import COUNT, FLAG, ID, LIST, NUMBER, TEXT, TIME, Having, maybe, one_of
from tests.rest.contract.stage import Stage
from tests.world.paths import CARD, PROJECT, WORKSPACE

ITEM = {"_id": ID, "title": TEXT, "done": FLAG, "order": COUNT}
CARD_SHAPE: dict[str, Any] = {
    "id": ID,
    "title": TEXT,
    "description": maybe(TEXT),
    "columnId": maybe(ID),
    "order": COUNT,
    "archived": FLAG,
    "priority": maybe(one_of("low", "medium", "high")),
    "dueDate": maybe(TIME),
    "assigneeId": maybe(ID),
    "checklist": LIST,
    "commentCount": COUNT,
    "attachmentCount": COUNT,
}
FIRST = {
    **CARD_SHAPE,
    "id": Ref("card"),
    "title": "First",
    "columnId": Ref("column"),
    "order": 0,
    "archived": False,
    "checklist": ({**ITEM, "_id": Ref("item"), "title": "Step", "done": False, "order": 0},),
    "commentCount": 2,
    "attachmentCount": 1,
}
WEBHOOK = {
    "title": "Ship rollback-safe payment webhook",
    "description": "Add retries and observability",
    "priority": "high",
    "dueDate": "2036-04-20T12:00:00.000Z",
}
CHANGED_ITEM = {**ITEM, "checklist": [ITEM], "checklistProgress": NUMBER}
COMMENTED = {
    "id": ID,
    "cardId": Ref("card"),
    "authorId": ID,
    "authorName": TEXT,
    "content": TEXT,
    "createdAt": TIME,
}


async def _more_columns(stage: Stage) -> None:
    stage.ids["review"] = (await stage.made(PROJECT + "/columns", name="Review"))["id"]


async def _more_items(stage: Stage) -> None:
    await stage.made(CARD + "/checklist", title="Next")


CONTRACTS = [
    Contract(
        method="GET",
        route=PROJECT + "/cards",
        answers=(FIRST, CARD_SHAPE, CARD_SHAPE),
        bad=bad_id("projectId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=PROJECT + "/cards",
        sent=WEBHOOK,
        answers={**CARD_SHAPE, **WEBHOOK, "archived": False, "commentCount": 0, "attachmentCount": 0},
        then=(Then(PROJECT + "/cards", Having(WEBHOOK)),),
        bad=bad("priority", sent={"title": "Ship", "priority": "urgent"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=PROJECT + "/columns/{columnId}/cards",
        sent={
            "title": "Implement billing API",
            "description": "See spec in docs",
            "priority": "high",
            "startDate": "2036-03-01",
            "dueDate": "2036-04-01",
            "assigneeId": Ref("member_id"),
            "checklist": [{"title": "Setup routes", "done": False, "order": 0}],
        },
        answers={
            **CARD_SHAPE,
            "title": "Implement billing API",
            "description": "See spec in docs",
            "priority": "high",
            "startDate": "2036-03-01T00:00:00.000Z",
            "dueDate": "2036-04-01T00:00:00.000Z",
            "assigneeId": Ref("member_id"),
            "columnId": Ref("column"),
            "order": 1,
            "checklist": ({**ITEM, "title": "Setup routes", "done": False, "order": 0},),
        },
        then=(Then(PROJECT + "/cards", Having({"title": "Implement billing API", "order": 1})),),
        bad=bad("title", sent={"title": "t" * 501}),
        denied=STRANGER,
    ),
    Contract(method="GET", route=CARD, answers=FIRST, bad=bad_id("cardId"), denied=STRANGER),
    Contract(
        method="PATCH",
        route=CARD,
        given=_more_columns,
        sent={
            "title": "Updated title",
            "columnId": Ref("review"),
            "order": 2,
            "priority": "medium",
            "dueDate": None,
            "archived": True,
        },
        answers={
            **FIRST,
            "title": "Updated title",
            "columnId": Ref("review"),
            "order": 0,
            "priority": "medium",
            "dueDate": None,
            "archived": True,
        },
        then=(Then(CARD, {"title": "Updated title", "columnId": Ref("review"), "archived": True}),),
        bad=bad("title", sent={"title": None}),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=CARD,
        answers=OK,
        then=(Then(CARD, {"statusCode": 404}, 404),),
        bad=bad_id("cardId"),
        denied=without("projects:write"),
    ),
    Contract(
        method="POST",
        route=CARD + "/checklist",
        sent={"title": "List endpoints"},
        answers={**CHANGED_ITEM, "title": "List endpoints", "done": False, "order": 1, "checklistProgress": 0.0},
        then=(Then(CARD, {"checklist": (ITEM, {**ITEM, "title": "List endpoints"})}),),
        bad=bad("title", sent={}),
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=CARD + "/checklist/{itemId}",
        sent={"title": "Stride", "done": True},
        answers={**CHANGED_ITEM, "_id": Ref("item"), "title": "Stride", "done": True, "checklistProgress": 1.0},
        then=(Then(CARD, {"checklist": ({"title": "Stride", "done": True},), "checklistProgress": 1.0}),),
        bad=bad("done", sent={"done": "yes"}),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=CARD + "/checklist/{itemId}",
        answers=OK,
        then=(Then(CARD, {"checklist": ()}),),
        bad=bad_id("itemId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=CARD + "/checklist/{itemId}/move",
        status=200,
        given=_more_items,
        sent={"order": 1},
        answers={**CHANGED_ITEM, "_id": Ref("item"), "order": 1, "checklist": ({"title": "Next"}, {"title": "Step"})},
        bad=bad("order", sent={"order": "last"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=CARD + "/checklist/{itemId}/convert",
        answers={
            "card": {**CARD_SHAPE, "title": "Step", "columnId": Ref("column")},
            "parent": {**FIRST, "checklist": ()},
            "relation": {"type": "parent_of", "cardId": Ref("card")},
        },
        then=(Then(CARD, {"checklist": ()}),),
        bad=bad_id("itemId"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=CARD + "/comments",
        answers=(
            {**COMMENTED, "id": Ref("comment"), "authorId": Ref("user"), "authorName": "owner", "content": "Hello"},
            {**COMMENTED, "authorName": "agent"},
        ),
        bad=bad_id("cardId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=CARD + "/comments",
        sent={"content": "What about error handling?"},
        answers={
            **COMMENTED,
            "authorId": Ref("user"),
            "authorName": "owner",
            "content": "What about error handling?",
        },
        then=(Then(CARD, {"commentCount": 3}),),
        bad=bad("content", sent={"content": "c" * 2001}),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=CARD + "/comments/{commentId}",
        answers=OK,
        then=(Then(CARD, {"commentCount": 1}),),
        bad=bad_id("commentId"),
        denied=Refused(status=403, code="FORBIDDEN", by="member"),
    ),
    Contract(
        method="GET",
        route=WORKSPACE + "/search",
        params={"q": "fir", "types": "card", "limit": "5"},
        answers=(
            {
                "type": "card",
                "id": Ref("card"),
                "projectId": Ref("project"),
                "score": NUMBER,
                "title": ({"text": "First", "match": True},),
                "excerpt": LIST,
            },
        ),
        bad=bad("q", params={"types": "card"}),
        denied=STRANGER,
    ),
]
