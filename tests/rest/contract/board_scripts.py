"""Scripts of the agent board's projects."""

from tests.rest.contract.board import data, no_id
from tests.rest.contract.contract import STRANGER, Contract, Ref, Refused, Then, bad, without
from tests.rest.contract.shape import ID, TIME, Having
from tests.rest.contract.stage import Stage
from tests.world.paths import B_PROJECT

SCRIPTS = B_PROJECT + "/scripts"
SCRIPT = SCRIPTS + "/{scriptId}"
TEST = {"id": Ref("script"), "name": "Test", "command": "make test", "position": 0}
NOBODY_ELSE = Refused(status=403, code="FORBIDDEN", by="member")
ENDED = {
    "scriptId": Ref("script"),
    "status": "cancelled",
    "exitCode": None,
    "startedAt": TIME,
    "finishedAt": TIME,
    "output": "",
}


async def _begun(stage: Stage) -> None:
    answer = await stage.send("POST", SCRIPT + "/run")
    assert answer.status_code == 201, answer.text


CONTRACTS = [
    Contract(
        method="GET",
        route=B_PROJECT + "/slash-commands",
        answers=data(Having({"name": "/test", "description": "Run Test"})),
        bad=no_id("projectId"),
        denied=STRANGER,
    ),
    Contract(method="GET", route=SCRIPTS, answers=data((TEST,)), bad=no_id("projectId"), denied=STRANGER),
    Contract(
        method="POST",
        route=SCRIPTS,
        sent={"name": "Lint", "command": "make lint"},
        answers=data({"id": ID, "name": "Lint", "command": "make lint", "position": 1}),
        then=(Then(SCRIPTS, data(Having({"name": "Lint"}))),),
        bad=bad("command", sent={"name": "Lint"}),
        denied=NOBODY_ELSE,
    ),
    Contract(
        method="PUT",
        route=SCRIPTS + "/reorder",
        sent={"ids": [Ref("script")]},
        answers=data((TEST,)),
        bad=Refused(status=409, code="CONFLICT", sent={"ids": []}),
        denied=NOBODY_ELSE,
    ),
    Contract(method="GET", route=SCRIPTS + "/status", answers=data((ENDED,)), bad=no_id("projectId"), denied=STRANGER),
    Contract(
        method="PUT",
        route=SCRIPT,
        sent={"name": "All tests", "command": "make check test"},
        answers=data({**TEST, "name": "All tests", "command": "make check test"}),
        then=(Then(SCRIPTS, data(({"name": "All tests"},))),),
        bad=bad("name", sent={"name": "", "command": "true"}),
        denied=NOBODY_ELSE,
    ),
    Contract(
        method="DELETE",
        route=SCRIPT,
        status=204,
        answers=None,
        then=(Then(SCRIPTS, data(())),),
        bad=no_id("scriptId"),
        denied=NOBODY_ELSE,
    ),
    Contract(
        method="POST",
        route=SCRIPT + "/run",
        sent={},
        answers=data({**ENDED, "status": "running", "finishedAt": None}),
        then=(Then(SCRIPTS + "/status", data(({"status": "running"},))),),
        bad=bad("cardId", sent={"cardId": "card_001"}),
        denied=NOBODY_ELSE,
    ),
    Contract(
        method="POST",
        route=SCRIPT + "/cancel",
        status=204,
        given=_begun,
        answers=None,
        then=(Then(SCRIPTS + "/status", data(({"status": "cancelled"},))),),
        bad=no_id("scriptId"),
        denied=without("projects:write"),
    ),
]
