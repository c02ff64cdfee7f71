"""Contracts of Orkosi's discovery engines."""

from tests.rest.contract.contract import MEMBER, STRANGER, Contract, Refused, Then, bad, unknown
from tests.rest.contract.orkosi import data, gone, page
from tests.rest.contract.shape import ID, NUMBER, TEXT, TIME, Having
from tests.world.paths import ORKOSI

ENGINES = ORKOSI + "/discovery-engines"
ONE = ENGINES + "/{engineSlug}"
STATS = {"total_runs": 0, "failed_runs": 0, "wasted_runs": 0, "task_count": 0}
ENGINE = {
    "id": ID,
    "slug": "slow-pages",
    "name": "Slow pages",
    "description": None,
    "layer": "frontend",
    "schedule_interval_ms": 86_400_000,
    "model": None,
    "enabled": True,
    "agent": "discovery-slow-pages",
    "next_run_at": TIME,
    "last_run": None,
    "stats": STATS,
    "created_at": TIME,
    "updated_at": TIME,
}
RUN = {
    "id": ID,
    "status": "queued",
    "task_count": 0,
    "summary": None,
    "error": None,
    "created_at": TIME,
    "started_at": None,
    "finished_at": None,
}
LOGS = {
    "name": "Noisy logs",
    "description": "What is logged twice",
    "layer": "backend",
    "schedule_interval_ms": 60_000,
    "model": "claude-haiku-4-5",
    "enabled": False,
}
VIEWER = Refused(status=403, code="FORBIDDEN", by="viewer")

CONTRACTS = [
    Contract(
        method="GET",
        route=ENGINES,
        answers=page((ENGINE,)),
        bad=Refused(status=401, code="UNAUTHENTICATED", headers={"authorization": "Bearer not.a.token"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=ENGINES,
        sent=LOGS,
        answers=data({**ENGINE, **LOGS, "slug": "noisy-logs", "agent": TEXT, "next_run_at": None}),
        then=(Then(ENGINES, page(Having({"slug": "noisy-logs", "enabled": False}))),),
        bad=bad("schedule_interval_ms", sent={**LOGS, "schedule_interval_ms": 59_000}),
        denied=MEMBER,
    ),
    Contract(
        method="GET",
        route=ENGINES + "/efficiency",
        answers=page(
            (
                {
                    **STATS,
                    "slug": "slow-pages",
                    "name": "Slow pages",
                    "layer": "frontend",
                    "enabled": True,
                    "waste_rate": None,
                    "cost_usd": NUMBER,
                    "cost_per_task_usd": None,
                    "compute_minutes": NUMBER,
                },
            )
        ),
        bad=Refused(status=401, code="UNAUTHENTICATED", headers={"authorization": "Bearer not.a.token"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=ONE,
        answers=data({**ENGINE, "runs": ()}),
        bad=unknown(engineSlug="nothing"),
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=ONE,
        sent={"name": "Slower pages", "description": "Two seconds", "model": "haiku", "enabled": False},
        answers=data(
            {
                **ENGINE,
                "name": "Slower pages",
                "description": "Two seconds",
                "model": "haiku",
                "enabled": False,
                "next_run_at": None,
            }
        ),
        then=(Then(ENGINES, page(({"name": "Slower pages", "slug": "slow-pages"},))),),
        bad=bad("layer", sent={"layer": ""}),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=ONE,
        answers=gone(ID),
        then=(Then(ENGINES, page(())),),
        bad=unknown(engineSlug="nothing"),
        denied=MEMBER,
    ),
    Contract(
        method="POST",
        route=ONE + "/run",
        status=200,
        answers=data(RUN),
        then=(Then(ONE, data({"last_run": RUN, "runs": (RUN,)})),),
        bad=unknown(engineSlug="nothing"),
        denied=VIEWER,
    ),
]
