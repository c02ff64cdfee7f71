"""Contracts of skills, pipelines and drafts of projects, plugins and checkout."""

from tests.rest.contract.contract import MALFORMED, MEMBER, OK, STRANGER, Contract, Ref, Then, bad, bad_id, unknown
from tests.rest.contract.shape import FLAG, ID, LIST, OBJECT, TEXT, TIME, Having
from tests.world.paths import ORGANIZATION, WORKSPACE

SKILLS = WORKSPACE + "/skills"
SKILL = SKILLS + "/{skillId}"
OF_AGENT = WORKSPACE + "/agents/{agentId}/skills"
PIPELINES = WORKSPACE + "/pipelines"
PIPELINE = PIPELINES + "/{pipelineId}"
NO_WORKSPACE = unknown(wsSlug="no-such-workspace")
READING = {
    "id": Ref("skill"),
    "slug": "skill",
    "description": "To read",
    "instructions": "Read",
    "tools": (),
    "createdBy": Ref("user"),
    "createdAt": TIME,
    "updatedAt": TIME,
}
TRIAGE = {"slug": "triage", "description": "When cards come in", "instructions": "# Sort", "tools": ["read_board"]}
FLOW = {"id": Ref("pipeline"), "name": "Flow", "steps": LIST, "enabled": True, "createdAt": TIME}
# As the reference sends it.
REVIEW = {
    "name": "Review before merge",
    "description": "Run agent review before human approval",
    "steps": [],
    "enabled": True,
}
CIRCLE = [
    {"id": "a", "type": "AGENT", "after": ["c"]},
    {"id": "b", "type": "TOOL", "after": ["a"]},
    {"id": "c", "type": "NOTIFY", "after": ["b"]},
]

DRAFTS = WORKSPACE + "/project-drafts"
DRAFT = DRAFTS + "/{draftId}"
SHIP = {
    "id": Ref("project_draft"),
    "name": "Ship it",
    "stage": "refinement",
    "readiness": 40,
    "contextDocuments": ({"name": "Document", "size": 4},),
    "questions": ({"id": "r1q1", "round": 1, "kind": "text", "text": "By when?", "options": (), "answer": None},),
    "roadmap": (),
    "projectId": None,
    "createdAt": TIME,
}
# As the reference sends it.
CHECKOUT = {
    "name": "Checkout stabilization",
    "description": "Reduce payment failure rate",
    "contextDocuments": ["Base64-or-text-doc"],
    "teamMembers": [{"name": "Alex", "role": "Engineering lead"}],
}
PHASES = [{"name": "Alpha", "deliverables": [{"title": "A ship", "priority": "high"}]}]


PLUGINS = WORKSPACE + "/plugins"
PLUGIN = PLUGINS + "/{pluginId}"
HOOK = {
    "id": Ref("plugin"),
    "plugin": "webhook",
    "name": "Hook",
    "settings": {"url": TEXT, "secret": Ref("credential")},
    "enabled": True,
    "disabledReason": None,
    "createdAt": TIME,
}
TOOLS = {"plugin": "mcp"}
CHAT = {
    "plugin": "webhook",
    "name": "Chat",
    "settings": {"url": "https://hooks.example/chat", "secret": Ref("credential"), "events": ["CardMoved"]},
}

CONTRACTS = [
    Contract(method="GET", route=SKILLS, answers=[{"id": ID, "slug": TEXT}], bad=NO_WORKSPACE, denied=STRANGER),
    Contract(
        method="POST",
        route=SKILLS,
        sent=TRIAGE,
        answers={"id": ID, **TRIAGE, "tools": ("read_board",)},
        then=(Then(SKILLS, Having({"slug": "triage"})),),
        bad=bad("slug", sent={**TRIAGE, "slug": "Not a slug"}),
        denied=MEMBER,
    ),
    Contract(method="GET", route=SKILL, answers=READING, bad=bad_id("skillId"), denied=STRANGER),
    Contract(
        method="PATCH",
        route=SKILL,
        sent={"instructions": "Read twice"},
        answers={**READING, "instructions": "Read twice"},
        then=(Then(SKILL, {"instructions": "Read twice"}),),
        bad=bad("instructions", sent={"instructions": ""}),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=SKILL,
        answers=OK,
        then=(Then(SKILL, {"statusCode": 404}, 404), Then(OF_AGENT, ())),
        bad=bad_id("skillId"),
        denied=MEMBER,
    ),
    Contract(method="GET", route=OF_AGENT, answers=(READING,), bad=bad_id("agentId"), denied=STRANGER),
    Contract(
        method="POST",
        route=OF_AGENT + "/{skillId}",
        path={"skillId": Ref("spare_skill")},
        answers={"id": Ref("agent"), "slug": "planner"},
        then=(Then(OF_AGENT, (READING, {"slug": "spare-skill"})),),
        bad=bad_id("skillId"),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=OF_AGENT + "/{skillId}",
        answers=OK,
        then=(Then(OF_AGENT, ()),),
        bad=bad_id("skillId"),
        denied=MEMBER,
    ),
    Contract(method="GET", route=PIPELINES, answers=(FLOW,), bad=NO_WORKSPACE, denied=STRANGER),
    Contract(
        method="POST",
        route=PIPELINES,
        sent=REVIEW,
        answers={"id": ID, **REVIEW, "steps": ()},
        then=(Then(PIPELINES, Having({"name": "Review before merge"})),),
        bad=bad("steps", sent={**REVIEW, "steps": CIRCLE}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=PIPELINE,
        answers={**FLOW, "enabled": FLAG, "steps": ({"id": "look", "type": "AGENT", "after": (), "text": "Look"},)},
        bad=bad_id("pipelineId"),
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=PIPELINE,
        sent={"enabled": False},
        answers={**FLOW, "enabled": False},
        then=(Then(PIPELINE, {"enabled": False}),),
        bad=bad("steps", sent={"steps": [{"id": "a", "type": "AGENT", "after": ["b"]}]}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=PIPELINE + "/run",
        answers={"id": ID, "agentId": ID, "status": "queued", "prompt": "Run the pipeline Flow"},
        then=(Then(WORKSPACE + "/missions", Having({"prompt": "Run the pipeline Flow"})),),
        bad=bad_id("pipelineId"),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=PIPELINE,
        answers=OK,
        then=(Then(PIPELINE, {"statusCode": 404}, 404),),
        bad=bad_id("pipelineId"),
        denied=STRANGER,
    ),
    Contract(method="GET", route=DRAFTS, answers=[{"id": ID, "name": "Ship it"}], bad=NO_WORKSPACE, denied=STRANGER),
    Contract(
        method="POST",
        route=DRAFTS,
        sent=CHECKOUT,
        answers={
            "id": ID,
            "name": "Checkout stabilization",
            "stage": "framing",
            "contextDocuments": ({"size": 18},),
            "teamMembers": ({"name": "Alex", "role": "Engineering lead"},),
        },
        then=(Then(DRAFTS, Having({"name": "Checkout stabilization"})),),
        bad=bad("name", sent={}),
        denied=STRANGER,
    ),
    Contract(method="GET", route=DRAFT, answers=SHIP, bad=bad_id("draftId"), denied=STRANGER),
    Contract(
        method="PATCH",
        route=DRAFT,
        sent={"roadmap": PHASES},
        answers={**SHIP, "stage": "roadmap", "roadmap": ({"name": "Alpha", "deliverables": ({"title": "A ship"},)},)},
        then=(Then(DRAFT, {"stage": "roadmap"}),),
        bad=bad("roadmap.0.name", sent={"roadmap": [{"name": ""}]}),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=DRAFT,
        answers=OK,
        then=(Then(DRAFT, {"statusCode": 404}, 404),),
        bad=bad_id("draftId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=DRAFT + "/questions",
        sent={"readiness": 50, "questions": [{"kind": "boolean", "text": "Is it urgent?"}]},
        answers={**SHIP, "readiness": 50, "questions": Having({"id": "r2q1", "kind": "boolean"})},
        bad=bad("readiness", sent={"readiness": 101}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=DRAFT + "/refine",
        sent={"answers": {"r1q1": "In May"}},
        answers={**SHIP, "missionId": ID, "questions": ({"id": "r1q1", "answer": "In May"},)},
        status=202,
        bad=bad("answers", sent={"answers": {"r9q9": "In May"}}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=DRAFT + "/generate-roadmap",
        answers={**SHIP, "missionId": ID},
        status=202,
        bad=bad_id("draftId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=DRAFT + "/execute",
        path={"draftId": Ref("planned_draft")},
        answers={"id": Ref("planned_draft"), "stage": "executed", "projectId": ID},
        then=(Then(DRAFTS, Having({"stage": "executed"})),),
        bad=bad_id("draftId"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route="/plugins",
        by=None,
        answers=({"key": "mcp", "settings": OBJECT}, {"key": "webhook", "name": "Webhook", "version": TEXT}),
        bad=MALFORMED,
        denied=MALFORMED,
    ),
    Contract(method="GET", route=PLUGINS, answers=(HOOK, TOOLS), bad=NO_WORKSPACE, denied=MEMBER),
    Contract(
        method="POST",
        route=PLUGINS,
        sent=CHAT,
        answers={**HOOK, "id": ID, "name": "Chat", "settings": {"events": ("CardMoved",)}},
        then=(Then(PLUGINS, (HOOK, TOOLS, {"name": "Chat"})),),
        bad=bad("settings.url", sent={**CHAT, "settings": {"url": "http://localhost/", "secret": Ref("credential")}}),
        denied=MEMBER,
    ),
    Contract(method="GET", route=PLUGIN, answers=HOOK, bad=bad_id("pluginId"), denied=MEMBER),
    Contract(
        method="PATCH",
        route=PLUGIN,
        sent={"enabled": False},
        answers={**HOOK, "enabled": False},
        then=(Then(PLUGIN, {"enabled": False}),),
        bad=bad("settings.secret", sent={"settings": {"url": "https://hooks.example/"}}),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=PLUGIN,
        answers=OK,
        then=(Then(PLUGIN, {"statusCode": 404}, 404),),
        bad=bad_id("pluginId"),
        denied=MEMBER,
    ),
    # Nothing can be paid on this stage, which the answer says.
    Contract(
        method="POST",
        route=ORGANIZATION + "/billing/checkout",
        sent={},
        status=503,
        answers={"code": "NOT_CONFIGURED", "statusCode": 503, "message": TEXT},
        bad=bad("plan", sent={"plan": ""}),
        denied=MEMBER,
    ),
    Contract(
        method="POST",
        route=ORGANIZATION + "/billing/portal",
        sent={},
        status=503,
        answers={"code": "NOT_CONFIGURED", "statusCode": 503, "message": TEXT},
        bad=bad("returnUrl", sent={"returnUrl": ""}),
        denied=MEMBER,
    ),
    Contract(
        method="PUT",
        route=ORGANIZATION + "/billing/plan",
        sent={"plan": "team"},
        status=503,
        answers={"code": "NOT_CONFIGURED", "statusCode": 503, "message": TEXT},
        bad=bad("plan", sent={"plan": ""}),
        denied=MEMBER,
    ),
    Contract(
        method="GET",
        route=ORGANIZATION + "/billing",
        answers={
            "plan": None,
            "limits": {"members": None, "agents": None, "projects": None, "storage": None},
            "subscription": None,
            "plans": (),
        },
        bad=MALFORMED,
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route="/billing/webhook",
        by=None,
        content=b"{}",
        headers={"stripe-signature": "t=1,v1=0"},
        status=503,
        answers={"code": "NOT_CONFIGURED", "statusCode": 503, "message": TEXT},
        bad=bad("payload", content=b"\x00"),
        denied=MALFORMED,
    ),
]
