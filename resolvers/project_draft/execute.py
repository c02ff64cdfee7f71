"""A draft becomes a project: its phases columns, its deliverables cards."""

from typing import cast

from auth.policies import board
from models.base import Record
from models.enums import DraftStage, TokenScope
from models.errors import Conflict
from models.records import ProjectDraftRecord, TemplateContentRecord
from models.template import TemplateCard, TemplateColumn, TemplateContent
from realtime.log import Change, Committed
from resolvers.inputs.project import ProjectCreate
from resolvers.kit.context import Context
from resolvers.kit.nouns import PROJECT_DRAFT
from resolvers.kit.operation import operation
from resolvers.project.project import insert_project
from resolvers.project_draft.project_draft import change_draft, check_open, find_draft
from resolvers.template.apply import fill_project


@operation(
    "projectDraftExecute",
    opens=PROJECT_DRAFT,
    permission=board.WRITE,
    scope=TokenScope.PROJECTS_WRITE,
    includes=("projectCreate", "columnCreate", "cardCreate"),
)
async def execute_project_draft(ctx: Context, door: ProjectDraftRecord) -> Committed[ProjectDraftRecord]:
    """Make the project of a draft, with a column for each phase of its roadmap and a card for each deliverable.

    All of it in one change. Raises Conflict without a roadmap, and with the project where there is one already.
    """

    async def body(change: Change) -> ProjectDraftRecord:
        draft = await find_draft(change, door["_id"])
        check_open(draft)
        if not draft["roadmap"]:
            raise Conflict("The draft has no roadmap: generate it, or write it by hand")
        values = ProjectCreate.of(
            workspace_id=draft["workspace_id"], name=draft["name"], description=draft["description"]
        )
        project = await insert_project(change, values, ctx.user_id)
        await fill_project(change, project, _content(draft))
        made: Record = {"stage": DraftStage.EXECUTED.value, "project_id": project["_id"]}
        return await change_draft(change, draft["_id"], made)

    return await ctx.write(door["workspace_id"], body)


def _content(draft: ProjectDraftRecord) -> TemplateContentRecord:
    """The roadmap of a draft as what a project begins with."""
    content = TemplateContent(
        columns=[TemplateColumn.of(name=phase["name"]) for phase in draft["roadmap"]],
        cards=[
            TemplateCard.of(
                title=deliverable["title"],
                description=deliverable["description"],
                priority=deliverable["priority"],
                column=place,
                checklist=deliverable["checklist"],
            )
            for place, phase in enumerate(draft["roadmap"])
            for deliverable in phase["deliverables"]
        ],
    )
    return cast("TemplateContentRecord", content.model_dump(mode="python"))
