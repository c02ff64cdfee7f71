"""Templates of projects and of boards."""

from resolvers.inputs.template import (
    ScopeCreateFromTemplate,
    TemplateColumnInput,
    TemplateCreate,
    TemplateCreateFromProject,
    TemplateUpdate,
)
from resolvers.template import template
from resolvers.template.builtin import KANBAN_BOARD
from tests.rest.conftest import made
from tests.rest.story import Cast, ask_board, deleted, read
from tests.world.paths import BOARD, WORKSPACE
from tests.world.sample import Kept, Sample, sent, sent_in_organization
from tests.world.world import World


async def make(world: World) -> None:
    pattern = TemplateCreateFromProject(project_id=world.ids["project"], name="Pattern", include_cards=True)
    world.ids["template"] = (await world.made(template.create_template, pattern))["_id"]


async def story(cast: Cast) -> None:
    ann, templates = cast.ann, f"{cast.workspace}/projects/templates"
    template = await made(ann, templates, projectId=cast.project_id, name="Like this")
    assert template["id"] in [one["id"] for one in await read(ann, templates)]
    await deleted(ann, f"{templates}/{template['id']}")


async def board_story(cast: Cast) -> None:
    ann = cast.ann
    columns = [{"name": "Now", "columnType": "active", "prompt": "Do it", "requiresApproval": True}]
    created = await ask_board(ann, "POST", "/board-templates", 201, name="Mine", columns=columns)
    assert created["columns"] == columns
    path = f"/board-templates/{created['id']}"
    assert (await ask_board(ann, "PATCH", path, name="Ours", columns=columns))["name"] == "Ours"
    assert [each["name"] for each in await ask_board(ann, "GET", "/board-templates")] == ["Kanban Default", "Ours"]
    await ask_board(ann, "DELETE", path, 204)


SAMPLE = Sample(
    after=("card", "custom_field"),
    make=make,
    places={"boardTemplateId": "template"},
    calls={
        "templates": lambda ids: (ids["workspace"],),
        "templateCreateFromProject": lambda ids: (TemplateCreateFromProject(project_id=ids["project"], name="More"),),
        "templateCreate": lambda ids: (
            TemplateCreate(workspace_id=ids["workspace"], name="Board", columns=[TemplateColumnInput.of(name="To do")]),
        ),
        "templateUpdate": lambda ids: (ids["template"], TemplateUpdate(name="Other pattern")),
        "scopeCreateFromTemplate": lambda ids: (
            ScopeCreateFromTemplate.of(project_id=ids["project"], name="Board", template=KANBAN_BOARD),
        ),
        "templateDelete": lambda ids: (ids["template"],),
    },
    makes_another={"scopeCreateFromTemplate"},
    routes={
        ("GET", WORKSPACE + "/projects/templates"): None,
        ("POST", WORKSPACE + "/projects/templates"): lambda ids: {"projectId": str(ids["project"]), "name": "More"},
        ("DELETE", WORKSPACE + "/projects/templates/{templateId}"): None,
        ("GET", BOARD + "/board-templates"): sent_in_organization(),
        ("POST", BOARD + "/board-templates"): sent_in_organization(
            name="More", columns=[{"name": "Now", "columnType": "active"}]
        ),
        ("PATCH", BOARD + "/board-templates/{boardTemplateId}"): sent(name="Other"),
        ("DELETE", BOARD + "/board-templates/{boardTemplateId}"): None,
    },
    kept={
        "Template": Kept(
            "id name kind description isBuiltIn createdAt columns { name scope kind } cards { title column }",
            {"Workspace": "templates { ...TemplateFields }"},
        )
    },
    story=story,
    board_story=board_story,
)
