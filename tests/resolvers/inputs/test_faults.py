"""Values that do not go together are told by the field that a client would change."""

from typing import Any

import pytest

from models.errors import BadUserInput
from resolvers.inputs.document import DocumentReview
from resolvers.inputs.mission import MissionReview
from resolvers.inputs.organization import OrganizationMemberUpdate
from resolvers.inputs.project_draft import DraftQuestionInput
from resolvers.kit.input import Input, read_input

CHOICE = {"kind": "single", "text": "Which?"}


@pytest.mark.parametrize(
    ("model", "values", "field"),
    [
        (DocumentReview, {"status": "draft"}, "status"),
        (MissionReview, {"approved": False}, "feedback"),
        (MissionReview, {"approved": False, "feedback": None}, "feedback"),
        (OrganizationMemberUpdate, {"role": "viewer", "persona": "editor"}, "persona"),
        (DraftQuestionInput, CHOICE, "options"),
        (DraftQuestionInput, {**CHOICE, "options": ["A", "A"]}, "options"),
        (DraftQuestionInput, {"kind": "text", "text": "Why?", "options": ["A", "B"]}, "options"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_its_own_name(
    model: type[Input], values: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadUserInput) as refused:
        read_input(model, values)

    assert refused.value.details["field"] == field


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (MissionReview, {"approved": True}),
        (MissionReview, {"approved": False, "feedback": "Shorter"}),
        (OrganizationMemberUpdate, {"role": "member", "persona": None}),
        (DraftQuestionInput, {**CHOICE, "options": ["A", "B"]}),
        (DraftQuestionInput, {"kind": "text", "text": "Why?"}),
    ],
)
def test_a_value_that_fits_is_taken(model: type[Input], values: dict[str, Any]) -> None:
    read_input(model, values)
