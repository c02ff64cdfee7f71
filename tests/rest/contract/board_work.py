"""The agent board's boards, columns and cards, and what people set."""

from tests.rest.contract.board import GONE, data, no_id
from tests.rest.contract.contract import MALFORMED, STRANGER, Contract, Ref, Refused, Then, bad, without
from tests.rest.contract.shape import COUNT, FLAG, ID, LIST, TEXT, TIME, Having, maybe
from tests.rest.contract.stage import Stage
from tests.world.paths import B_CARD, B_PROJECT, BOARD

BOARDS = B_PROJECT + "/boards"
COLUMNS = B_PROJECT + "/columns"
CARDS = B_PROJECT + "/cards"
TEMPLATES = BOARD + "/board-templates"
TEMPLATE = TEMPLATES + "/{boardTemplateId}"
SETTINGS = BOARD + "/user/settings"
SHORTCUTS = BOARD + "/settings/keyboard-shortcuts"
NOTIFIED = BOARD + "/settings/notifications"
PANELS = B_PROJECT + "/panel-states"
OWN_BOARD = {"id": Ref("project"), "name": "Main Board", "projectId": Ref("project"), "position": 0}
PHASE = {"id": Ref("scope"), "name": "Phase", "projectId": Ref("project"), "position": 1}
TO_DO = {
    "id": Ref("column"),
    "name": "To do",
    "columnType": "backlog",
    "position": 0,
    "boardId": Ref("project"),
    "prompt": None,
}
FIRST = {
    "id": Ref("card"),
    "title": "First",
    "columnId": Ref("column"),
    "position": 0,
    "hasActiveAgent": FLAG,
    "labels": ("bug",),
    "isAutoMode": False,
    "unread": FLAG,
    "archived": False,
}
WHOLE = {
    **FIRST,
    "prompt": None,
    "boardId": Ref("project"),
    "projectId": Ref("project"),
    "credentialId": None,
    "autoApprovalPending": False,
    "attachmentCount": 1,
    "worktree": maybe({"branch": TEXT}),
    "createdAt": TIME,
    "completedAt": maybe(TIME),
}
STEPS = {"steps": ({"columnId": Ref("column"), "columnName": "To do", "prompt": "Build it", "enabled": True},)}
KANBAN = {"id": "kanban-board", "name": "Kanban Default", "columns": ({"columnType": "backlog"}, {}, {"name": "Done"})}
NOW = {"name": "Now", "columnType": "active", "prompt": "Do it", "requiresApproval": False}


async def _template(stage: Stage) -> None:
    made = await stage.made(TEMPLATES, name="Mine", columns=[{"name": "Now", "columnType": "active"}])
    stage.ids["board_template"] = made["data"]["id"]


CONTRACTS = [
    Contract(method="GET", route=BOARDS, answers=data((OWN_BOARD, PHASE)), bad=no_id("projectId"), denied=STRANGER),
    Contract(
        method="POST",
        route=BOARDS,
        sent={"name": "Sprint Board", "templateId": "kanban-board"},
        answers=data({"id": ID, "name": "Sprint Board", "projectId": Ref("project"), "position": 2}),
        then=(Then(COLUMNS, data(Having({"name": "In Progress", "columnType": "active"}))),),
        bad=bad("templateId", sent={"name": "Sprint Board", "templateId": "scrum"}),
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=BOARDS + "/{boardId}",
        sent={"name": "Renamed"},
        answers=data({**PHASE, "name": "Renamed"}),
        # That of the columns outside of scopes keeps its name.
        bad=Refused(status=409, code="CONFLICT", path={"boardId": Ref("project")}),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=BOARDS + "/{boardId}",
        status=204,
        answers=None,
        then=(Then(BOARDS, data((OWN_BOARD,))),),
        bad=no_id("boardId"),
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=BOARDS + "/reorder",
        sent={"ids": [Ref("project"), Ref("scope")]},
        answers=data((OWN_BOARD, PHASE)),
        bad=Refused(status=409, code="CONFLICT", sent={"ids": []}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=COLUMNS,
        params={"boardId": Ref("project")},
        answers=data((TO_DO,)),
        bad=bad("boardId", params={"boardId": "board_001"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=COLUMNS,
        sent={"name": "Review", "columnType": "conversational", "boardId": Ref("scope"), "prompt": "Look at it"},
        answers=data(
            {
                "id": ID,
                "name": "Review",
                "columnType": "active",
                "boardId": Ref("scope"),
                "prompt": "Look at it",
                "requiresApproval": True,
            }
        ),
        bad=bad("columnType", sent={"name": "Review", "columnType": "fridge", "boardId": Ref("scope")}),
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=COLUMNS + "/{columnId}",
        sent={"name": "Later", "prompt": "Wait"},
        answers=data({**TO_DO, "name": "Later", "prompt": "Wait"}),
        bad=bad("name", sent={"name": ""}),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=COLUMNS + "/{columnId}",
        status=204,
        answers=None,
        then=(Then(COLUMNS, data(())),),
        bad=no_id("columnId"),
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=COLUMNS + "/reorder",
        sent={"ids": [Ref("column")]},
        answers=data((TO_DO,)),
        bad=Refused(status=409, code="CONFLICT", sent={"ids": [Ref("column"), Ref("column")]}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=CARDS,
        answers=data(Having(FIRST)),
        bad=no_id("projectId"),
        denied=STRANGER,
    ),
    Contract(method="GET", route=B_CARD, answers=data(WHOLE), bad=no_id("cardId"), denied=STRANGER),
    Contract(
        method="PATCH",
        route=B_CARD,
        sent={"title": "Second", "prompt": "Fix it", "labels": ["new", "bug"]},
        answers=data({**WHOLE, "title": "Second", "prompt": "Fix it", "labels": ("new", "bug")}),
        bad=bad("title", sent={"title": ""}),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=B_CARD,
        status=204,
        params={"force": "true"},
        answers=None,
        then=(Then(B_CARD, GONE, 404),),
        bad=bad("force", params={"force": "perhaps"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=B_CARD + "/view",
        status=204,
        answers=None,
        then=(Then(B_CARD, data({"unread": False})),),
        bad=no_id("cardId"),
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=B_CARD + "/move",
        sent={"columnId": Ref("column"), "position": 0, "ifColumnId": Ref("column")},
        answers=data(WHOLE),
        bad=bad("columnId", sent={"columnId": "col_001"}),
        denied=Refused(
            status=409, code="CONFLICT", sent={"columnId": Ref("column"), "ifColumnId": "000000004400000000000000"}
        ),
    ),
    Contract(
        method="PATCH",
        route=B_CARD + "/auto-mode",
        sent={"enabled": True},
        answers=data({**WHOLE, "isAutoMode": True}),
        bad=bad("enabled", sent={"enabled": "yes"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=B_CARD + "/diff",
        answers=data({"diff": "", "stats": {"filesChanged": 0, "insertions": 0, "deletions": 0}, "isWhole": True}),
        bad=no_id("cardId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=B_CARD + "/complete",
        status=204,
        answers=None,
        then=(Then(B_CARD, data({"columnId": Ref("column")})),),
        bad=no_id("cardId"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=B_CARD + "/pipeline",
        answers=data({"steps": ()}),
        bad=no_id("cardId"),
        denied=STRANGER,
    ),
    Contract(
        method="PUT",
        route=B_CARD + "/pipeline",
        sent={"steps": [{"columnId": Ref("column"), "columnName": "ignored", "prompt": "Build it"}]},
        answers=data(STEPS),
        then=(Then(B_CARD + "/pipeline", data(STEPS)),),
        bad=bad("steps", sent={"steps": [{"columnId": Ref("column")}, {"columnId": Ref("column")}]}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=BOARD + "/cards",
        sent={"projectId": Ref("project"), "title": "Fix login bug", "prompt": "It fails"},
        answers=data(
            {
                "id": ID,
                "title": "Fix login bug",
                "projectId": Ref("project"),
                "columnId": Ref("column"),
                "position": COUNT,
            }
        ),
        bad=bad("projectId", sent={"projectId": "proj_001", "title": "Fix login bug"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=BOARD + "/cards/{cardId}",
        answers=data({**WHOLE, "columnName": "To do", "sessions": LIST}),
        bad=no_id("cardId"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=BOARD + "/cards/{cardId}/status",
        answers=data({"id": Ref("card"), "title": "First", "columnName": "To do", "hasActiveAgent": FLAG}),
        bad=no_id("cardId"),
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=B_PROJECT + "/last-opened",
        status=204,
        answers=None,
        bad=no_id("projectId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=COLUMNS + "/{columnId}/clean-all",
        status=204,
        answers=None,
        then=(Then(B_CARD, GONE, 404), Then(COLUMNS, data((TO_DO,)))),
        bad=no_id("columnId"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=SETTINGS,
        answers=data({"theme": "dark", "highContrast": False, "sidebarExpanded": True, "hiddenToolTypes": ()}),
        bad=MALFORMED,
        denied=without("account:read"),
    ),
    Contract(
        method="PUT",
        route=SETTINGS,
        sent={"theme": "light", "own": {"a": [1]}},
        answers=data({"theme": "light", "own": {"a": (1,)}, "statusLine": True}),
        then=(Then(SETTINGS, data({"theme": "light"})),),
        bad=bad(None, sent={"$where": "1"}),
        denied=without("account:write"),
    ),
    Contract(
        method="GET",
        route=SHORTCUTS,
        answers=data({}),
        bad=MALFORMED,
        denied=without("account:read"),
    ),
    Contract(
        method="PUT",
        route=SHORTCUTS,
        sent={"newCard": "n"},
        answers=data({"newCard": "n"}),
        then=(Then(SHORTCUTS, data({"newCard": "n"})),),
        bad=bad("shortcuts", sent={"newCard": "n" * 20_000}),
        denied=without("account:write"),
    ),
    Contract(
        method="GET",
        route=NOTIFIED,
        answers=data({"card_moved": True, "comment_added": True}),
        bad=MALFORMED,
        denied=without("account:read"),
    ),
    Contract(
        method="PUT",
        route=NOTIFIED,
        sent={"card_moved": False, "phase_of_the_moon": True},
        answers=data({"card_moved": False, "comment_added": True}),
        then=(Then(NOTIFIED, data({"card_moved": False})),),
        bad=bad("card_moved", sent={"card_moved": "never"}),
        denied=without("account:write"),
    ),
    Contract(
        method="GET",
        route=PANELS,
        answers=data({}),
        bad=no_id("projectId"),
        denied=STRANGER,
    ),
    Contract(
        method="PUT",
        route=PANELS,
        sent={},
        answers=data({}),
        bad=bad(None, sent={"card_001": {"open": True}}),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=PANELS + "/{cardId}",
        status=204,
        answers=None,
        bad=no_id("cardId"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=TEMPLATES,
        params={"organizationId": Ref("organization")},
        answers=data((KANBAN,)),
        bad=bad("organizationId", params={"organizationId": "org_001"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=TEMPLATES,
        sent={"name": "Mine", "columns": [{"name": "Now", "columnType": "dev", "prompt": "Do it"}]},
        answers=data({"id": ID, "name": "Mine", "columns": (NOW,)}),
        bad=bad("columns", sent={"name": "Mine", "columns": []}),
        denied=without("projects:write"),
    ),
    Contract(
        method="PATCH",
        route=TEMPLATE,
        given=_template,
        path={"boardTemplateId": Ref("board_template")},
        sent={"name": "Ours", "columns": [{"name": "Now", "columnType": "active", "prompt": "Do it"}]},
        answers=data({"id": Ref("board_template"), "name": "Ours", "columns": (NOW,)}),
        bad=Refused(status=409, code="CONFLICT", path={"boardTemplateId": "kanban-board"}),
        denied=STRANGER,
    ),
    Contract(
        method="DELETE",
        route=TEMPLATE,
        status=204,
        given=_template,
        path={"boardTemplateId": Ref("board_template")},
        answers=None,
        bad=Refused(status=409, code="CONFLICT", path={"boardTemplateId": "kanban-board"}),
        denied=STRANGER,
    ),
]
