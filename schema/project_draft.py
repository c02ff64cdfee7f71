"""Drafts of projects: from a brief over questions to a roadmap, and then to a project."""

import strawberry

import models
from models import project_draft as parts
from resolvers.project_draft import project_draft as edges
from schema.connection import Connection, window
from schema.extension import extends
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.references import MissionRef, ProjectRef, TransferJobRef, WorkspaceRef


@shows(parts.DraftDocument, "A text that tells of the project.")
class DraftDocument:
    pass


@shows(parts.DraftMember, "Somebody who is to work on the project, by name.")
class DraftMember:
    pass


@shows(parts.DraftQuestion, "A question about the project, with its answer.")
class DraftQuestion:
    pass


@shows(parts.DraftDeliverable, "What a phase brings about, which becomes a card.")
class DraftDeliverable:
    pass


@shows(parts.DraftPhase, "A phase of a roadmap, which becomes a column.")
class DraftPhase:
    deliverables: list[DraftDeliverable] = strawberry.field()


@shows(models.ProjectDraft, "A draft of a project: a brief, questions with answers, a roadmap.")
class ProjectDraft(Node):
    team_members: list[DraftMember] = strawberry.field()
    context_documents: list[DraftDocument] = edge(edges.documents_of)
    questions: list[DraftQuestion] = edge(edges.questions_of)
    roadmap: list[DraftPhase] = edge(edges.roadmap_of)
    mission: MissionRef | None = edge(edges.mission_of, needs=("mission_id", "workspace_id"))
    job: TransferJobRef | None = edge(edges.job_of, needs=("job_id", "workspace_id"))
    project: ProjectRef | None = edge(edges.project_of, needs=("project_id", "workspace_id"))


@extends(WorkspaceRef, after="discovery_engines")
class OfWorkspace:
    project_drafts: Connection[ProjectDraft] = edge(
        edges.project_drafts_of, arguments=window, description="Its drafts of projects, newest first."
    )
