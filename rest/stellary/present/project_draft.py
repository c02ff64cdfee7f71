"""Drafts of projects."""

from typing_extensions import TypedDict

import models
from models import project_draft as parts
from models.records import ProjectDraftRecord
from rest.present import presents, shown


@presents(parts.DraftDocument, without=("id", "content"))
class DraftDocument(TypedDict):
    """A text that tells of the project, by its name and its bytes."""


@presents(parts.DraftMember, without=("id",))
class DraftMember(TypedDict):
    """Somebody who is to work on the project."""


@presents(parts.DraftQuestion, without=("id",))
class DraftQuestion(TypedDict):
    """A question about the project; its answer is null for as long as there is none."""

    id: str


@presents(parts.DraftDeliverable, without=("id",))
class DraftDeliverable(TypedDict):
    """What a phase brings about, which becomes a card."""


@presents(parts.DraftPhase, without=("id",))
class DraftPhase(TypedDict):
    """A phase of a roadmap, which becomes a column."""

    deliverables: list[DraftDeliverable]


@presents(models.ProjectDraft)
class ProjectDraft(TypedDict):
    """A draft of a project. `missionId` is what the planner works on, or did last; `projectId` what it became."""

    teamMembers: list[DraftMember]
    contextDocuments: list[DraftDocument]
    questions: list[DraftQuestion]
    roadmap: list[DraftPhase]


def project_draft(record: ProjectDraftRecord) -> ProjectDraft:
    return {
        **shown(ProjectDraft, record),
        "teamMembers": [shown(DraftMember, member) for member in record["team_members"]],
        "contextDocuments": [shown(DraftDocument, document) for document in record["context_documents"]],
        "questions": [{**shown(DraftQuestion, question), "id": question["id"]} for question in record["questions"]],
        "roadmap": [
            {
                **shown(DraftPhase, phase),
                "deliverables": [shown(DraftDeliverable, deliverable) for deliverable in phase["deliverables"]],
            }
            for phase in record["roadmap"]
        ],
    }
