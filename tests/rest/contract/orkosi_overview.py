"""Contracts of Orkosi's dashboard, of what is amiss in a workspace, and of logs."""

from typing import Any

from tests.gateway.logged import log_to_file
from tests.rest.contract.contract import MALFORMED, STRANGER, Contract, Refused, Then, bad
from tests.rest.contract.orkosi import data, page
from tests.rest.contract.shape import COUNT, ID, LIST, NUMBER, OBJECT, TEXT, TIME, Having, maybe, one_of
from tests.rest.contract.stage import Stage
from tests.world.paths import ORKOSI

ROOT = "outsider"  # who runs the installation
DENIED = Refused(status=403, code="FORBIDDEN", by="bystander")
DASHBOARD, LOGS = ORKOSI + "/dashboard", ORKOSI + "/logs"
COUNTED = ("agents", "tasks", "products", "pending")
AGENT = {"agent_id": COUNT, "agent": "planner", "display_name": TEXT}
LEVEL = one_of("error", "warn", "info")
LINE = {
    "id": ID,
    "source": "db",
    "agent": "planner",
    "level": LEVEL,
    "message": TEXT,
    "meta": maybe(OBJECT),
    "target": None,
    "created_at": TIME,
}
WRITTEN = {"agent": "planner", "message": "It fails", "level": "error", "meta": {"run": 7}}
SCORE = maybe(NUMBER)


def _section(*rules: str) -> dict[str, Any]:
    check = {"checked": COUNT, "passed": COUNT, "score": SCORE, "failing": LIST}
    return {"score": SCORE, "checks": tuple({"rule": rule, **check} for rule in rules)}


async def _logged(stage: Stage) -> None:
    log_to_file(stage.owner.services, "the dome is stuck")


CONTRACTS = [
    Contract(
        method="GET",
        route=DASHBOARD,
        answers=data({"endpoints": [TEXT], "counts": dict.fromkeys(COUNTED, COUNT)}),
        bad=MALFORMED,
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=DASHBOARD + "/stats",
        answers=data(
            {
                **dict.fromkeys(COUNTED, COUNT),
                "agents_by_status": dict.fromkeys(("active", "idle", "offline", "error"), COUNT),
                "tasks_by_status": dict.fromkeys(
                    ("todo", "in_progress", "review", "blocked", "done", "cancelled"), COUNT
                ),
            }
        ),
        bad=MALFORMED,
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=DASHBOARD + "/agent-efficiency",
        answers=page(
            Having(
                {
                    **AGENT,
                    "tasks_completed": COUNT,
                    "model_calls": COUNT,
                    "tokens": COUNT,
                    "cost_usd": NUMBER,
                    "tasks_per_1k_tokens": maybe(NUMBER),
                }
            )
        ),
        bad=MALFORMED,
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=DASHBOARD + "/agent-queue-health",
        answers=page(
            Having(
                {
                    **AGENT,
                    "queued_tasks": COUNT,
                    "queued_runs": COUNT,
                    "longest_wait_seconds": maybe(COUNT),
                    "average_wait_seconds": maybe(COUNT),
                }
            )
        ),
        bad=MALFORMED,
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=DASHBOARD + "/overview",
        answers=data(
            {
                "token_balance": maybe(COUNT),
                "recent_runs": [
                    {
                        "id": ID,
                        "agent": maybe(TEXT),
                        "task_id": maybe(COUNT),
                        "status": TEXT,
                        "model": maybe(TEXT),
                        "created_at": TIME,
                        "started_at": maybe(TIME),
                        "finished_at": maybe(TIME),
                    }
                ],
                "protocols": Having({"rule": "Write tests"}),
                "usage_7d": {
                    "calls": COUNT,
                    "input_tokens": COUNT,
                    "output_tokens": COUNT,
                    "cost_usd": NUMBER,
                    "days": LIST,
                },
            }
        ),
        bad=MALFORMED,
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=ORKOSI + "/system/health",
        answers=data(
            {
                "score": NUMBER,
                "checked_at": TIME,
                "agents": _section("responding", "described", "soul"),
                "tasks": _section("assigned", "moving", "on_time"),
                "products": _section("described", "on_time"),
                "files": _section("not_empty", "sorted"),
            }
        ),
        bad=MALFORMED,
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=LOGS,
        params={"agent": "planner", "level": "info", "q": "begun", "limit": 5},
        answers=page(({**LINE, "message": "Begun"},)),
        bad=bad("level", params={"level": "fatal"}),
        denied=Refused(status=403, code="FORBIDDEN", params={"source": "file"}),
    ),
    Contract(
        method="POST",
        route=LOGS,
        sent=WRITTEN,
        answers=data({**LINE, **WRITTEN}),
        then=(Then(LOGS, page(({**LINE, **WRITTEN}, LINE))),),
        bad=bad("message", sent={**WRITTEN, "message": ""}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=LOGS + "/files",
        by=ROOT,
        given=_logged,
        answers=page(Having({"name": "gateway.log", "size": COUNT, "modified_at": TIME})),
        bad=MALFORMED,
        denied=DENIED,
    ),
]
