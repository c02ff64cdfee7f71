"""Contracts of the agent board: the assistant of a project, and pre-sessions."""

from tests.rest.contract.board import data, no_id
from tests.rest.contract.contract import STRANGER, Contract, Ref, Refused, Then, bad, without
from tests.rest.contract.shape import ID, TEXT, TIME
from tests.world.paths import B_PROJECT

ASSISTANT = B_PROJECT + "/assistant"
BEGIN = B_PROJECT + "/pre-session"
SESSION = BEGIN + "/{preSessionId}"
ASKED = {"id": Ref("message"), "role": "user", "content": "What is next?", "createdAt": TIME}
BEGUN = {
    "sessionId": Ref("pre_session"),
    "cardId": Ref("card"),
    "status": "active",
    "prompt": "Do it well",
    "answering": False,
    "missing": None,
    "problem": None,
}
SOMEBODY_ELSE = Refused(status=404, code="NOT_FOUND", by="member")


CONTRACTS = [
    Contract(
        method="GET",
        route=ASSISTANT,
        # The gateway of the tests has no model.
        answers=data(
            {
                "conversationId": Ref("conversation"),
                "status": "waiting",
                "missing": "credential",
                "problem": TEXT,
                "model": None,
                "messages": (ASKED,),
            }
        ),
        bad=no_id("projectId"),
        denied=without("pilotage:read"),
    ),
    Contract(
        method="POST",
        route=ASSISTANT + "/message",
        sent={"content": "And then?"},
        answers=data({"id": ID, "role": "user", "content": "And then?", "createdAt": TIME}),
        then=(Then(ASSISTANT, data({"messages": (ASKED, {"content": "And then?"})})),),
        bad=bad("content", sent={"content": ""}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=BEGIN,
        sent={"cardId": Ref("second_card")},
        answers=data({**BEGUN, "sessionId": ID, "cardId": Ref("second_card"), "prompt": None}),
        bad=bad("cardId", sent={"cardId": "card_001"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=SESSION + "/message",
        sent={"content": "Shorter"},
        answers=data({"id": ID, "role": "user", "content": "Shorter", "createdAt": TIME}),
        then=(Then(SESSION + "/messages", data(({"content": "Shorter"},))),),
        bad=bad("content", sent={}),
        denied=SOMEBODY_ELSE,
    ),
    Contract(
        method="POST",
        route=SESSION + "/accept",
        status=200,
        answers=data({**BEGUN, "status": "accepted"}),
        then=(Then(B_PROJECT + "/cards/{cardId}", data({"prompt": "Do it well"})),),
        bad=no_id("preSessionId"),
        denied=SOMEBODY_ELSE,
    ),
    Contract(
        method="POST",
        route=SESSION + "/cancel",
        status=200,
        answers=data({**BEGUN, "status": "cancelled"}),
        bad=no_id("preSessionId"),
        denied=SOMEBODY_ELSE,
    ),
    Contract(
        method="GET",
        route=SESSION + "/messages",
        answers=data(()),
        bad=no_id("preSessionId"),
        denied=SOMEBODY_ELSE,
    ),
]
