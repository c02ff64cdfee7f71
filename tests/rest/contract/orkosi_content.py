"""Contracts of Orkosi's rules, files, search and changelog."""

import re

from tests.rest.contract.contract import MEMBER, STRANGER, Contract, Refused, Then, bad
from tests.rest.contract.orkosi import data, gone, page
from tests.rest.contract.shape import COUNT, LIST, TEXT, TIME, Having
from tests.rest.contract.shape import ID as HEX
from tests.world.paths import ORKOSI

RULES, RULE_PATH = ORKOSI + "/rules", ORKOSI + "/rules/{ruleNumber}"
RULE = {
    "id": COUNT,
    "rule": "Write tests",
    "scope": "all",
    "category": None,
    "permanent": False,
    "active": True,
    "created_at": TIME,
    "updated_at": TIME,
}
SHORT = {"rule": "Keep it short", "scope": "planner", "category": "workflow", "permanent": True}
FILES, FILE_PATH = ORKOSI + "/files", ORKOSI + "/files/{fileNumber}"
FILE = {
    "id": COUNT,
    "name": "SOUL.md",
    "path": "planner/SOUL.md",
    "file_type": "md",
    "category": None,
    "size": 7,
    "workspace": "planner",
    "created_at": TIME,
    "updated_at": TIME,
}
RUN = {"name": "run", "path": "/planner//run.sh", "file_type": "script", "category": "agents", "content": "true"}
CHANGELOG = ORKOSI + "/changelog"
ENTRY = {
    "id": HEX,
    "task_id": COUNT,
    "title": "third_card",
    "resolution": None,
    "type": None,
    "agent": None,
    "product_id": COUNT,
    "product": "launch",
    "completed_at": TIME,
}
VIEWER = Refused(status=403, code="FORBIDDEN", by="viewer")

CONTRACTS = [
    Contract(
        method="GET",
        route=RULES,
        params={"scope": "all", "agent": "planner", "permanent": "0"},
        answers=page((RULE,)),
        bad=bad("permanent", params={"permanent": "2"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=RULES,
        sent=SHORT,
        answers=data({**RULE, **SHORT}),
        then=(Then(RULES + "?scope=planner", page(({**RULE, **SHORT},))),),
        bad=bad("scope", sent={**SHORT, "scope": "nobody"}),
        denied=MEMBER,
    ),
    Contract(
        method="PATCH",
        route=RULE_PATH,
        sent={"rule": "Test it", "category": "tests"},
        answers=data({**RULE, "rule": "Test it", "category": "tests"}),
        then=(Then(RULES + "?category=tests", page(({"rule": "Test it"},))),),
        bad=bad("rule", sent={"rule": ""}),
        denied=MEMBER,
    ),
    Contract(
        method="DELETE",
        route=RULE_PATH,
        answers=gone(HEX),
        then=(Then(RULES, page(())),),
        bad=bad("rule_number", path={"ruleNumber": "nonsense"}),
        denied=MEMBER,
    ),
    Contract(
        method="GET",
        route=FILES,
        params={"page": "1", "limit": "10"},
        answers=page((FILE,)),
        bad=bad("page", params={"page": "0"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=FILES,
        sent=RUN,
        answers=data({**FILE, **RUN, "path": "planner/run.sh", "size": 4}),
        then=(Then(FILES + "?category=agents", page(({"path": "planner/run.sh"},))),),
        bad=bad("path", sent={**RUN, "path": "../run.sh"}),
        denied=VIEWER,
    ),
    Contract(
        method="GET",
        route=FILES + "/search",
        params={"q": "kind", "workspace": "planner", "ext": "md"},
        answers=page((FILE,)),
        bad=bad("q", params={"q": "x" * 201}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=FILE_PATH,
        answers=data({**FILE, "content": "Be kind"}),
        bad=bad("file_number", path={"fileNumber": "nonsense"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=ORKOSI + "/search",
        params={"q": "launch"},
        answers=data({"tasks": LIST, "products": ({"id": COUNT, "name": "Launch", "slug": "launch"},), "agents": ()}),
        bad=bad("q", params={"q": "x" * 201}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=CHANGELOG,
        answers=page((ENTRY,)),
        bad=bad("limit", params={"limit": "201"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=CHANGELOG + "/summary",
        answers=page(
            ({"date": TEXT, "count": 1, "summary": "1 task done: Launch (1)", "areas": Having({"area": "Launch"})},)
        ),
        bad=Refused(status=401, code="UNAUTHENTICATED", headers={"authorization": "Bearer not.a.token"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=CHANGELOG + "/feed",
        params={"product": "launch"},
        gives="application/rss+xml",
        answers=re.compile(rb".*<rss version=\"2.0\"><channel>.*<title>third_card</title>", re.DOTALL),
        bad=bad("limit", params={"limit": "0"}),
        denied=STRANGER,
    ),
]
