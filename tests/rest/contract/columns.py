"""Contracts of what a project's board is made of: scopes, columns and labels."""

from tests.rest.contract.contract import OK, STRANGER, Contract, Ref, Refused, Then, bad, bad_id, without
from tests.rest.contract.shape import ID, LIST, NUMBER, TEXT, TIME, one_of
from tests.rest.contract.stage import Stage
from tests.world.paths import CARD, PROJECT

SCOPE = PROJECT + "/scopes/{scopeId}"
COLUMN = PROJECT + "/columns/{columnId}"
LABEL = PROJECT + "/labels/{labelId}"
VIEWS = ("kanban", "list", "calendar", "roadmap", "stats")
PHASE = {
    "id": Ref("scope"),
    "name": "Phase",
    "projectId": Ref("project"),
    "views": VIEWS,
    "activeView": one_of(*VIEWS),
    "createdAt": TIME,
}
DETAILS = {**PHASE, "columns": LIST, "progress": NUMBER}
TO_DO = {"id": Ref("column"), "name": "To do", "projectId": Ref("project"), "order": 0, "createdAt": TIME}
BUG = {"id": Ref("label"), "name": "bug", "color": TEXT, "projectId": Ref("project")}
IN_PROGRESS = {"name": "In Review"}


async def _scope_has_a_column(stage: Stage) -> None:
    made = await stage.made(PROJECT + "/columns", name="Inside", scopeId=str(stage.ids["scope"]))
    stage.ids["inside"] = made["id"]


async def _unlabelled(stage: Stage) -> None:
    stage.ids["card"] = stage.ids["second_card"]


CONTRACTS = [
    Contract(method="GET", route=PROJECT + "/scopes", answers=(PHASE,), bad=bad_id("projectId"), denied=STRANGER),
    # The reference shows no body; a scope has a name, which is said to be what its update changes.
    Contract(
        method="POST",
        route=PROJECT + "/scopes",
        sent={"name": "Payments"},
        answers={**DETAILS, "id": ID, "name": "Payments", "activeView": "kanban"},
        then=(Then(PROJECT + "/scopes", (PHASE, {"name": "Payments"})),),
        bad=bad("name", sent={}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=SCOPE,
        given=_scope_has_a_column,
        answers={**DETAILS, "columns": ({"id": Ref("inside"), "name": "Inside", "order": 0},)},
        bad=bad_id("scopeId"),
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=SCOPE,
        sent={"name": "Phase 2"},
        answers={**DETAILS, "name": "Phase 2"},
        then=(Then(SCOPE, {"name": "Phase 2"}),),
        bad=bad("endDate", sent={"endDate": "whenever"}),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=SCOPE,
        given=_scope_has_a_column,
        answers=OK,
        then=(Then(SCOPE, {"statusCode": 404}, 404), Then(PROJECT + "/columns", (TO_DO,))),
        bad=bad_id("scopeId"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=SCOPE + "/views",
        answers={"views": VIEWS, "activeView": "kanban"},
        bad=bad_id("scopeId"),
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=SCOPE + "/views",
        sent={"activeView": "calendar"},
        answers={"views": VIEWS, "activeView": "calendar"},
        then=(Then(SCOPE + "/views", {"activeView": "calendar"}),),
        bad=bad("activeView", sent={"activeView": "globe"}),
        denied=STRANGER,
    ),
    Contract(method="GET", route=PROJECT + "/columns", answers=(TO_DO,), bad=bad_id("projectId"), denied=STRANGER),
    Contract(
        method="POST",
        route=PROJECT + "/columns",
        sent=IN_PROGRESS,
        answers={**TO_DO, "id": ID, "name": "In Review", "order": 1},
        then=(Then(PROJECT + "/columns", (TO_DO, {"name": "In Review"})),),
        bad=bad("name", sent={"name": "   "}),
        denied=STRANGER,
    ),
    Contract(method="GET", route=COLUMN, answers=TO_DO, bad=bad_id("columnId"), denied=STRANGER),
    Contract(
        method="PATCH",
        route=COLUMN,
        sent={"name": "Code Review"},
        answers={**TO_DO, "name": "Code Review"},
        then=(Then(COLUMN, {"name": "Code Review"}),),
        bad=bad("order", sent={"order": -1}),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=COLUMN,
        answers=OK,
        then=(Then(COLUMN, {"statusCode": 404}, 404),),
        bad=bad_id("columnId"),
        denied=without("projects:write"),
    ),
    Contract(method="GET", route=PROJECT + "/labels", answers=(BUG,), bad=bad_id("projectId"), denied=STRANGER),
    Contract(
        method="POST",
        route=PROJECT + "/labels",
        sent={"name": "urgent", "color": "#ff0000"},
        answers={**BUG, "id": ID, "name": "urgent", "color": "#ff0000"},
        then=(Then(PROJECT + "/labels", (BUG, {"name": "urgent"})),),
        bad=bad("color", sent={"name": "urgent", "color": "red"}),
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=LABEL,
        sent={"name": "defect", "color": "#00ff00"},
        answers={**BUG, "name": "defect", "color": "#00ff00"},
        then=(Then(CARD, {"labels": ({**BUG, "name": "defect"},)}),),
        bad=bad("color", sent={"color": "#00ff0"}),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=LABEL,
        answers=OK,
        then=(Then(PROJECT + "/labels", ()), Then(CARD, {"labels": ()})),
        bad=bad_id("labelId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=CARD + "/labels/{labelId}",
        given=_unlabelled,
        answers={"id": Ref("second_card"), "labels": (BUG,)},
        then=(Then(CARD, {"labels": (BUG,)}),),
        bad=bad_id("labelId"),
        denied=Refused(status=404, code="NOT_FOUND", by="outsider"),
    ),
    Contract(
        method="DELETE",
        route=CARD + "/labels/{labelId}",
        answers=OK,
        then=(Then(CARD, {"labels": ()}),),
        bad=bad_id("labelId"),
        denied=STRANGER,
    ),
]
