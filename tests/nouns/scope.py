"""Scopes of a project: boards of their own."""

from models.enums import StatsInterval, ViewType
from resolvers.column.scope import create_scope
from resolvers.inputs.scope import ScopeCreate, ScopeReorder, ScopeUpdate, ScopeViewSet
from resolvers.kit.periods import Periods
from tests.gateway.replay.state import JSON, State, take, take_below
from tests.nouns.column import board_gone
from tests.resolvers.lab import again
from tests.rest.conftest import made
from tests.rest.story import Cast, ask_board, board_project, changed, deleted, read
from tests.world.paths import B_PROJECT, PROJECT
from tests.world.sample import Case, Kept, Sample, sent
from tests.world.world import World


async def make(world: World) -> None:
    phase = ScopeCreate.of(project_id=world.ids["project"], name="Phase")
    world.ids["scope"] = (await world.made(create_scope, phase))["_id"]


async def add_scope(world: World) -> None:
    """A second scope of the project."""
    values = ScopeCreate.of(project_id=world.ids["project"], name="Next")
    world.ids["next_scope"] = (await create_scope(again(world.owner), values)).value["_id"]


def _deleted(state: State, event: JSON) -> None:
    take(state, "Scope", event["scopeId"])
    take_below(state, "scope", event["scopeId"], "Column")
    board_gone(state, "scope", event["scopeId"])


async def story(cast: Cast) -> None:
    created = await made(cast.ann, f"{cast.path}/scopes", name="Phase 1")
    scope = f"{cast.path}/scopes/{created['id']}"
    await made(cast.ann, f"{cast.path}/columns", name="Inside", scopeId=created["id"])
    await changed(cast.ann, scope, endDate="2030-01-01T00:00:00.000Z")
    assert (await read(cast.ann, f"{scope}/stats"))["cards"]["total"] == 0
    assert (await changed(cast.ann, f"{scope}/views", activeView="roadmap"))["activeView"] == "roadmap"
    assert len((await read(cast.ann, f"{scope}/views"))["views"]) == 5
    assert [one["name"] for one in (await read(cast.ann, scope))["columns"]] == ["Inside"]
    assert len(await read(cast.ann, f"{cast.path}/scopes")) == 1
    await deleted(cast.ann, scope)


async def board_story(cast: Cast) -> None:
    ann, path = cast.ann, await board_project(cast.ann, "boards")
    [main] = await ask_board(ann, "GET", f"{path}/boards")
    sprint = await ask_board(ann, "POST", f"{path}/boards", 201, name="Sprint Board", templateId="kanban-board")
    assert (await ask_board(ann, "PATCH", f"{path}/boards/{sprint['id']}", name="Sprint 1"))["name"] == "Sprint 1"
    order = [sprint["id"], main["id"]]
    assert [board["id"] for board in await ask_board(ann, "PATCH", f"{path}/boards/reorder", ids=order)] == order
    column = await ask_board(
        ann, "POST", f"{path}/columns", 201, name="Review", columnType="active", boardId=sprint["id"], prompt="Look"
    )
    found = await ask_board(ann, "GET", f"{path}/columns?boardId={sprint['id']}")
    assert [each["name"] for each in found] == ["Backlog", "In Progress", "Done", "Review"]
    ids = [found[place]["id"] for place in (0, 1, 3, 2)]
    assert [each["id"] for each in await ask_board(ann, "PATCH", f"{path}/columns/reorder", ids=ids)] == ids
    changed = await ask_board(ann, "PATCH", f"{path}/columns/{column['id']}", name="Reviewed", prompt="Look again")
    assert (changed["position"], changed["prompt"]) == (2, "Look again")
    await ask_board(ann, "POST", f"{path}/columns/{column['id']}/clean-all", 204)
    await ask_board(ann, "DELETE", f"{path}/columns/{column['id']}", 204)
    await ask_board(ann, "DELETE", f"{path}/boards/{sprint['id']}", 204)
    await ask_board(ann, "DELETE", path, 204)


SAMPLE = Sample(
    after=("project",),
    make=make,
    places={"boardId": "scope"},
    calls={
        "scope": lambda ids: (ids["scope"],),
        "scopes": lambda ids: (ids["project"],),
        "scopeStats": lambda ids: (ids["scope"], Periods.between(None, None, StatsInterval.DAY)),
        "scopeCreate": lambda ids: (ScopeCreate.of(project_id=ids["project"], name="More"),),
        "scopeUpdate": lambda ids: (ids["scope"], ScopeUpdate.of(name="Other")),
        "scopeReorder": lambda ids: (ScopeReorder(project_id=ids["project"], ids=[ids["scope"]]),),
        "scopeSetView": lambda ids: (ids["scope"], ScopeViewSet(active_view=ViewType.LIST)),
        "scopeDelete": lambda ids: (ids["scope"],),
    },
    makes_another={"scopeCreate"},
    routes={
        ("GET", PROJECT + "/scopes"): None,
        ("POST", PROJECT + "/scopes"): sent(name="More"),
        ("GET", PROJECT + "/scopes/{scopeId}"): None,
        ("PATCH", PROJECT + "/scopes/{scopeId}"): sent(name="Other"),
        ("DELETE", PROJECT + "/scopes/{scopeId}"): None,
        ("GET", PROJECT + "/scopes/{scopeId}/views"): None,
        ("PATCH", PROJECT + "/scopes/{scopeId}/views"): sent(activeView="list"),
        ("GET", PROJECT + "/scopes/{scopeId}/stats"): None,
        ("GET", B_PROJECT + "/boards"): None,
        ("POST", B_PROJECT + "/boards"): sent(name="More"),
        ("PATCH", B_PROJECT + "/boards/{boardId}"): sent(name="Other"),
        ("DELETE", B_PROJECT + "/boards/{boardId}"): None,
        ("PATCH", B_PROJECT + "/boards/reorder"): lambda ids: {"ids": [str(ids["scope"])]},
    },
    cases={
        "scopeReorder": Case(
            arguments=lambda ids: (ScopeReorder(project_id=ids["project"], ids=[ids["next_scope"], ids["scope"]]),),
            prepare=add_scope,
        )
    },
    kept={"Scope": Kept("project { id }", {"Project": "scopes { ...ScopeFields }"})},
    rules={"ScopeDeleted": ("scopeId", _deleted)},
    story=story,
    board_story=board_story,
)
