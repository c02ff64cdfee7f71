"""Contracts of automations, and of what came of them."""

from tests.rest.contract.contract import OK, STRANGER, Contract, Ref, Then, bad, bad_id, without
from tests.rest.contract.shape import ID, TIME
from tests.world.paths import PROJECT

AUTOMATIONS = PROJECT + "/automations"
AUTOMATION = AUTOMATIONS + "/{ruleId}"
TIDY = {
    "id": Ref("automation"),
    "name": "Task created: remove label",
    "trigger": "task_created",
    "conditions": {"title": "third_card"},
    "action": {"type": "remove_label", "labelId": Ref("label")},
    "enabled": True,
    "disabledReason": None,
    "ownerId": Ref("user"),
    "projectId": Ref("project"),
    "createdAt": TIME,
    "updatedAt": TIME,
}
# The reference shows this request, and no answer.
ESCALATE = {
    "name": "Escalate overdue card",
    "trigger": "due_date_reached",
    "action": {"type": "notify"},
    "enabled": True,
}
TRACE = {
    "id": ID,
    "event": ID,
    "target": Ref("third_card"),
    "actor": Ref("user"),
    "status": "success",
    "result": "success",
    "error": None,
    "timestamp": TIME,
}

CONTRACTS = [
    Contract(method="GET", route=AUTOMATIONS, answers=(TIDY,), bad=bad_id("projectId"), denied=STRANGER),
    Contract(
        method="POST",
        route=AUTOMATIONS,
        sent=ESCALATE,
        answers={**TIDY, **ESCALATE, "id": ID, "conditions": {}},
        then=(Then(AUTOMATIONS, (TIDY, {"name": "Escalate overdue card"})),),
        bad=bad("action.type", sent={**ESCALATE, "action": {"type": "explode"}}),
        denied=without("projects:write"),
    ),
    Contract(method="GET", route=AUTOMATION, answers=TIDY, bad=bad_id("ruleId"), denied=STRANGER),
    Contract(
        method="PATCH",
        route=AUTOMATION,
        sent={"trigger": "task_moved", "conditions": {"to": Ref("column")}},
        answers={**TIDY, "trigger": "task_moved", "conditions": {"to": Ref("column")}},
        then=(Then(AUTOMATION, {"trigger": "task_moved"}),),
        bad=bad("conditions.to", sent={"trigger": "task_moved", "conditions": {"to": "Done"}}),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=AUTOMATION,
        answers=OK,
        then=(Then(AUTOMATIONS, ()), Then(AUTOMATION, {"statusCode": 404}, 404)),
        bad=bad_id("ruleId"),
        denied=without("projects:write"),
    ),
    Contract(
        method="PATCH",
        route=AUTOMATION + "/toggle",
        answers={**TIDY, "enabled": False},
        then=(Then(AUTOMATION, {"enabled": False}),),
        bad=bad("enabled", sent={"enabled": "no"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=AUTOMATION + "/traces",
        answers=(TRACE,),
        bad=bad("limit", params={"limit": "0"}),
        denied=STRANGER,
    ),
]
