"""Contracts of projects, their members, templates, portfolio, roadmap and figures."""

from tests.rest.contract.contract import (
    COLLEAGUE,
    OK,
    STRANGER,
    Contract,
    Ref,
    Refused,
    Then,
    bad,
    bad_id,
    unknown,
    without,
)
from tests.rest.contract.shape import COUNT, FLAG, ID, LIST, NUMBER, TEXT, TIME, maybe, one_of
from tests.rest.contract.stage import Stage
from tests.world.paths import PROJECT, WORKSPACE

PROJECTS = WORKSPACE + "/projects"
NO_WORKSPACE = unknown(wsSlug="no-such-workspace")
LAUNCH = {
    "id": Ref("project"),
    "name": "Launch",
    "description": None,
    "deadline": None,
    "workspaceId": Ref("workspace"),
    "createdAt": TIME,
    "updatedAt": TIME,
}
CHECKOUT = {
    "name": "Checkout refactor",
    "description": "Stabilize the payment flow",
    "deadline": "2036-06-01T00:00:00.000Z",
}
METRICS = {
    "total": COUNT,
    "open": COUNT,
    "done": COUNT,
    "archived": COUNT,
    "overdue": COUNT,
    "blocked": COUNT,
    "progress": NUMBER,
    "byPriority": {"high": COUNT, "medium": COUNT, "low": COUNT, "none": COUNT},
    "members": COUNT,
}
# What an import takes, so that one comes back out of the other.
EXPORTED = {
    "title": TEXT,
    "columnIndex": maybe(COUNT),
    "description": maybe(TEXT),
    "priority": maybe(one_of("low", "medium", "high")),
    "checklist": LIST,
}
STATS = {
    "from": TIME,
    "to": TIME,
    "interval": "week",
    "cards": {"total": COUNT, "open": COUNT, "done": COUNT, "overdue": COUNT},
    "byColumn": LIST,
    "byPriority": LIST,
    "byAssignee": LIST,
    "byLabel": LIST,
    "throughput": [{"start": TIME, "created": COUNT, "completed": COUNT}],
    "burnUp": [{"at": TIME, "scope": COUNT, "done": COUNT}],
    "cycleTime": {"count": COUNT},
    "leadTime": {"count": COUNT},
    "ageing": {"count": COUNT, "buckets": [{"fromDays": COUNT, "count": COUNT}]},
}
TEMPLATE = {
    "id": TEXT,
    "name": TEXT,
    "description": maybe(TEXT),
    "builtIn": FLAG,
    "columns": [{"name": TEXT}],
    "labels": LIST,
    "customFields": LIST,
    "cardCount": COUNT,
}


async def _dated(stage: Stage) -> None:
    await stage.send("PATCH", PROJECT, json={"deadline": "2036-06-01"})
    await stage.send("PATCH", PROJECT + "/scopes/{scopeId}", json={"endDate": "2036-05-01"})
    for card, due in (("card", "2036-05-02"), ("second_card", "2036-05-04")):
        await stage.send("PATCH", PROJECT + "/cards/{cardId}", path={"cardId": Ref(card)}, json={"dueDate": due})


CONTRACTS = [
    Contract(method="GET", route=PROJECTS, answers=(LAUNCH,), bad=NO_WORKSPACE, denied=COLLEAGUE),
    Contract(
        method="POST",
        route=PROJECTS,
        sent=CHECKOUT,
        answers={"id": ID, **CHECKOUT, "workspaceId": Ref("workspace"), "createdAt": TIME},
        then=(Then(PROJECTS, (LAUNCH, CHECKOUT)),),
        bad=bad("name", sent={"description": "Without a name"}),
        denied=STRANGER,
    ),
    Contract(method="GET", route=PROJECT, answers=LAUNCH, bad=bad_id("projectId"), denied=STRANGER),
    Contract(
        method="PATCH",
        route=PROJECT,
        sent={"name": "Q1 Launch v2"},
        answers={**LAUNCH, "name": "Q1 Launch v2"},
        then=(Then(PROJECT, {"name": "Q1 Launch v2"}),),
        bad=bad("deadline", sent={"deadline": "soon"}),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=PROJECT,
        answers=OK,
        then=(Then(PROJECT, {"statusCode": 404}, 404),),
        bad=bad_id("projectId"),
        denied=without("projects:write"),
    ),
    Contract(
        method="GET",
        route=PROJECTS + "/portfolio",
        answers={"projects": ({**LAUNCH, "metrics": METRICS},), "totals": {**METRICS, "projects": 1}},
        bad=NO_WORKSPACE,
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=PROJECTS + "/templates",
        answers=[TEMPLATE],
        bad=NO_WORKSPACE,
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=PROJECTS + "/templates",
        sent={"projectId": Ref("project"), "name": "Like this", "description": "As we do it", "includeCards": True},
        answers={**TEMPLATE, "id": ID, "name": "Like this", "description": "As we do it", "builtIn": False},
        bad=bad("projectId", sent={"projectId": "nonsense", "name": "Like this"}),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=PROJECTS + "/templates/{templateId}",
        answers=OK,
        bad=bad_id("templateId"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=PROJECT + "/roadmap",
        given=_dated,
        answers={
            "start": TIME,
            "end": TIME,
            "scopes": ({"scopeId": Ref("scope"), "end": TIME, "progress": NUMBER, "late": FLAG},),
            "cards": [{"cardId": ID, "due": TIME, "done": FLAG, "late": FLAG, "blocked": FLAG, "step": COUNT}],
            "dependencies": ({"blockerId": Ref("card"), "blockedId": Ref("second_card"), "violated": False},),
            "milestones": [{"title": TEXT, "at": TIME, "late": False}],
            "criticalPath": [ID],
        },
        bad=bad_id("projectId"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=PROJECT + "/stats",
        params={"interval": "week"},
        answers={**STATS, "byColumn": [{"columnId": maybe(ID), "count": COUNT, "open": COUNT}]},
        bad=bad("interval", params={"interval": "century"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=PROJECT + "/scopes/{scopeId}/stats",
        params={"interval": "week"},
        answers=STATS,
        bad=bad_id("scopeId"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=PROJECT + "/members",
        answers=[{"userId": ID, "email": TEXT, "name": maybe(TEXT)}],
        bad=bad_id("projectId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=PROJECT + "/members",
        sent={"email": Ref("admin_email")},
        answers={"userId": Ref("admin_id"), "email": Ref("admin_email")},
        bad=bad("email", sent={}),
        denied=without("projects:write"),
    ),
    Contract(
        method="DELETE",
        route=PROJECT + "/members/{userId}",
        answers=OK,
        then=(Then(PROJECT + "/members", ({"userId": Ref("user")},)),),
        bad=bad_id("userId"),
        denied=Refused(status=404, code="NOT_FOUND", path={"userId": Ref("outsider_id")}),
    ),
    Contract(
        method="GET",
        route=PROJECT + "/export",
        answers={
            "project": {"name": "Launch", "description": None, "deadline": None},
            "columns": ({"name": "To do"},),
            "cards": (EXPORTED, EXPORTED, EXPORTED),
        },
        bad=bad_id("projectId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=PROJECTS + "/import",
        sent={
            "project": {"name": "Imported"},
            "columns": [{"name": "To Do"}, {"name": "In Progress"}, {"name": "Done"}],
            "cards": [{"title": "First task", "columnIndex": 0, "priority": "medium"}],
        },
        answers={"id": ID, "name": "Imported", "workspaceId": Ref("workspace"), "createdAt": TIME},
        then=(Then(PROJECTS, (LAUNCH, {"name": "Imported"})),),
        bad=bad("columns", sent={"project": {"name": "Imported"}, "columns": [{"name": "Column"}] * 51}),
        denied=STRANGER,
    ),
]
