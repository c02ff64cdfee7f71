"""Contracts of agents and missions, as far as people and the agents' own tokens drive them."""

import re

from tests.nouns.proposal import PROPOSAL
from tests.rest.contract.contract import MEMBER, OK, STRANGER, Contract, Ref, Refused, Then, bad, bad_id, unknown
from tests.rest.contract.shape import COUNT, FLAG, ID, LIST, NUMBER, TEXT, TIME, maybe, one_of
from tests.world.paths import MISSION, WORKSPACE

AGENTS = WORKSPACE + "/agents"
AGENT = AGENTS + "/{agentId}"
MISSIONS = WORKSPACE + "/missions"

AGENT_SHAPE = {
    "id": ID,
    "userId": ID,
    "name": TEXT,
    "slug": TEXT,
    "autonomyMode": one_of("supervised", "autonomous", "approval"),
    "tools": LIST,
    "mcpOnly": FLAG,
}
REVIEWER = {
    "name": "Delivery reviewer",
    "slug": "delivery-reviewer",
    "description": "Reviews risky work before apply",
    "autonomyMode": "approval",
    "tools": ["read_board", "write_comments"],
    "mcpOnly": False,
}
MISSION_SHAPE = {
    "id": ID,
    "agentId": ID,
    "cardId": maybe(ID),
    "prompt": TEXT,
    "status": one_of("queued", "running", "awaiting_approval", "completed", "failed", "cancelled"),
    "progress": NUMBER,
    "createdAt": TIME,
}
RUNNING = {**MISSION_SHAPE, "id": Ref("mission"), "agentId": Ref("other agent"), "status": "running"}
PROPOSAL_SHAPE = {
    "id": Ref("proposal"),
    "agentId": Ref("other agent"),
    "missionId": Ref("mission"),
    "tool": "Paint the dome",
    "arguments": {},
    "status": "pending",
    "revision": 1,
    "changes": (),
    "isExecutable": False,
    "createdAt": TIME,
}
NO_WORKSPACE = unknown(wsSlug="no-such-workspace")
OTHER_AGENT = Refused(status=403, code="FORBIDDEN", by="agent")

CONTRACTS = [
    Contract(method="GET", route=AGENTS, answers=(AGENT_SHAPE,) * 4, bad=NO_WORKSPACE, denied=STRANGER),
    Contract(
        method="POST",
        route=AGENTS,
        sent=REVIEWER,
        answers={**AGENT_SHAPE, **REVIEWER, "tools": ("read_board", "write_comments"), "token": TEXT},
        then=(Then(AGENTS, (*(AGENT_SHAPE,) * 4, {"slug": "delivery-reviewer"})),),
        bad=bad("autonomyMode", sent={**REVIEWER, "autonomyMode": "anarchy"}),
        denied=MEMBER,
    ),
    Contract(
        method="GET",
        route=AGENT,
        answers={**AGENT_SHAPE, "id": Ref("agent"), "name": "agent"},
        bad=bad_id("agentId"),
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=AGENT,
        sent={"autonomyMode": "autonomous", "name": "Bot"},
        answers={**AGENT_SHAPE, "id": Ref("agent"), "name": "Bot", "autonomyMode": "autonomous"},
        then=(Then(AGENT, {"name": "Bot"}),),
        bad=bad("slug", sent={"slug": "Not a slug"}),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=AGENT,
        answers=OK,
        then=(Then(AGENT, {"statusCode": 404}, 404),),
        bad=bad_id("agentId"),
        denied=MEMBER,
    ),
    Contract(
        method="GET",
        route=AGENT + "/missions",
        path={"agentId": Ref("other agent")},
        params={"limit": "10"},
        answers=(RUNNING,),
        bad=bad("status", params={"status": "sleeping"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=AGENT + "/missions",
        sent={"cardId": Ref("card"), "prompt": "Summarize blockers"},
        answers={
            **MISSION_SHAPE,
            "agentId": Ref("agent"),
            "cardId": Ref("card"),
            "prompt": "Summarize blockers",
            "status": "queued",
        },
        bad=bad("prompt", sent={"cardId": Ref("card")}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=WORKSPACE + "/agent-runtime/run",
        sent={"agentUserId": Ref("agent"), "objective": "Prepare the sprint plan", "maxSteps": 8},
        answers={**MISSION_SHAPE, "agentId": Ref("agent"), "prompt": "Prepare the sprint plan", "maxSteps": 8},
        bad=bad("maxSteps", sent={"agentUserId": Ref("agent"), "objective": "Plan", "maxSteps": 101}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=WORKSPACE + "/agent-runtime/card-mission",
        sent={"cardId": Ref("second_card"), "projectId": Ref("project"), "agentId": Ref("agent")},
        answers={**MISSION_SHAPE, "agentId": Ref("agent"), "cardId": Ref("second_card"), "status": "queued"},
        bad=bad("projectId", sent={"cardId": Ref("second_card")}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=MISSION + "/stream",
        params={"follow": "false"},
        gives="text/event-stream",
        answers=re.compile(rb"retry: \d+\n\nevent: mission_status\nid: \S+\ndata: {.*}\n\nevent: complete\ndata:\n\n"),
        bad=bad_id("missionId"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=MISSIONS,
        params={"status": "running"},
        answers=(RUNNING,),
        bad=bad("limit", params={"limit": "-1"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=MISSION,
        answers={**RUNNING, "activities": ({"kind": "thought", "content": "Hm", "position": COUNT},)},
        bad=bad_id("missionId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=MISSION + "/cancel",
        answers={**RUNNING, "status": "cancelled"},
        then=(Then(MISSION, {"status": "cancelled"}),),
        bad=bad_id("missionId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=MISSIONS + "/claim",
        by="agent",
        answers={"mission": None},
        bad=NO_WORKSPACE,
        denied=Refused(status=403, code="FORBIDDEN", by="owner"),
    ),
    Contract(
        method="POST",
        route=MISSION + "/report",
        by="other agent",
        sent={"progress": 0.5, "activities": [{"kind": "response", "content": "Half"}]},
        answers={**RUNNING, "progress": 0.5},
        bad=bad("progress", sent={"progress": 2}),
        denied=OTHER_AGENT,
    ),
    Contract(
        method="POST",
        route=MISSION + "/complete",
        by="other agent",
        sent={"summary": "Fine"},
        answers={**RUNNING, "status": "completed", "progress": 1.0, "summary": "Fine"},
        then=(Then(MISSION, {"status": "completed"}),),
        bad=bad("summary", sent={"summary": 1}),
        denied=OTHER_AGENT,
    ),
    Contract(
        method="POST",
        route=MISSION + "/fail",
        by="other agent",
        sent={"error": "No way"},
        answers={**RUNNING, "status": "failed", "error": "No way"},
        then=(Then(MISSION, {"status": "failed"}),),
        bad=bad("error", sent={}),
        denied=OTHER_AGENT,
    ),
    Contract(
        method="GET",
        route=MISSION + "/proposals",
        params={"status": "pending", "limit": "10"},
        answers=(PROPOSAL_SHAPE,),
        bad=bad("status", params={"status": "sleeping"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=WORKSPACE + "/agent-runtime/proposals",
        answers=(PROPOSAL_SHAPE,),
        bad=bad("limit", params={"limit": "0"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=PROPOSAL + "/approve",
        sent={"reason": "Go on", "revision": 1},
        answers={**PROPOSAL_SHAPE, "status": "applied", "reason": "Go on", "decidedBy": ID, "via": "jwt"},
        then=(Then(WORKSPACE + "/agent-runtime/proposals", ()),),
        bad=bad("revision", sent={"revision": 0}),
        denied=MEMBER,
    ),
    Contract(
        method="POST",
        route=PROPOSAL + "/reject",
        sent={"reason": "Not this week"},
        answers={**PROPOSAL_SHAPE, "status": "rejected", "reason": "Not this week"},
        then=(Then(WORKSPACE + "/agent-runtime/proposals", ()),),
        bad=bad("reason", sent={"reason": 1}),
        denied=MEMBER,
    ),
]
