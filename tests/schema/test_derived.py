"""Inputs and mutations of the graph are made of what operations declare."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import pytest
import strawberry
from bson import ObjectId
from graphql import GraphQLInputObjectType, GraphQLObjectType, print_type
from pydantic import Field
from strawberry.schema.config import StrawberryConfig

from auth.policies import board
from models.enums import Priority, TokenScope
from models.records import LabelRecord, ProjectRecord
from realtime.log import Committed
from resolvers.kit import operation as catalogue
from resolvers.kit.context import Context
from resolvers.kit.input import Flag, Input, Name, ProjectId, WrittenAs
from resolvers.kit.nouns import LABEL, PROJECT
from resolvers.kit.operation import CATALOGUE, operation
from schema.inputs.derived import graph_type, input_type
from schema.mutations import derived
from schema.scalars import SCALARS


class Step(Input):
    """A step."""

    name: Name = Field(description="What it is.")


class StarCreate(Input):
    """A new star.

    What only developers are told.
    """

    project_id: ProjectId = Field(description="Where it shines.")
    steps: list[Step] = Field(default_factory=list, description="Its steps.")
    priority: Priority | None = Field(None, description="How bright.")
    seen: Flag = Field(False, description="Whether it was seen.")
    content: Annotated[Any, WrittenAs(str)] = Field(None, description="What it says.")


@pytest.fixture(autouse=True)
def catalogue_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "CATALOGUE", {})


def mutation_of(name: str) -> str:
    fields = {derived.python_name(name): derived._field(catalogue.CATALOGUE[name])}
    mutation = strawberry.type(type("Mutation", (), fields))

    @strawberry.type
    class Query:
        a: int

    schema = strawberry.Schema(query=Query, mutation=mutation, config=StrawberryConfig(scalar_map=SCALARS))
    type_ = schema._schema.mutation_type
    assert isinstance(type_, GraphQLObjectType)
    return print_type(type_)


def test_an_input_has_the_fields_of_its_model_with_what_they_say() -> None:
    @strawberry.type
    class Query:
        @strawberry.field
        def a(self, star: input_type(StarCreate)) -> int:  # type: ignore[valid-type]
            return 1

    made = strawberry.Schema(query=Query)._schema.type_map["StarCreateInput"]

    assert isinstance(made, GraphQLInputObjectType)
    assert made.description == "A new star."
    assert {name: str(field.type) for name, field in made.fields.items()} == {
        "projectId": "ID!",
        "steps": "[StepInput!]",
        "priority": "Priority",
        "seen": "Boolean",
        "content": "String",
    }
    assert made.fields["projectId"].description == "Where it shines."


def test_what_the_graph_has_no_type_for_is_told_when_it_is_built() -> None:
    assert graph_type(Literal[1]) is int
    assert graph_type(Annotated[Sequence[datetime], "When."]) == list[datetime]
    with pytest.raises(TypeError, match="has no type in the graph"):
        graph_type(complex)


def test_a_mutation_takes_what_its_operation_takes_and_returns_what_it_makes() -> None:
    @operation("starUpdate", opens=LABEL, permission=board.WRITE, scope=TokenScope.PROJECTS_WRITE)
    async def update_star(
        ctx: Context,
        label: LabelRecord,
        card_id: ObjectId | str,
        loud: Annotated[bool, "Whether it is heard."] = True,
        reason: Annotated[str | None, "Why."] = None,
    ) -> Committed[LabelRecord]:
        """Change a star.

        What only developers are told.
        """
        raise NotImplementedError

    assert (
        mutation_of("starUpdate")
        == '''type Mutation {
  """Change a star."""
  starUpdate(
    """The id of the label."""
    id: ID!

    """The id of the card."""
    cardId: ID!

    """Whether it is heard."""
    loud: Boolean! = true

    """Why."""
    reason: String
  ): LabelPayload!
}'''
    )


def test_an_operation_inside_an_object_takes_its_input_alone() -> None:
    @operation("starCreate", inside=PROJECT, permission=board.WRITE, scope=TokenScope.PROJECTS_WRITE)
    async def create_star(ctx: Context, project: ProjectRecord, values: StarCreate) -> Committed[ObjectId]:
        """Create a star."""
        raise NotImplementedError

    assert 'starCreate(\n    """The values."""\n    input: StarCreateInput!\n  ): DeletePayload!' in mutation_of(
        "starCreate"
    )


def test_an_argument_that_says_nothing_of_itself_is_told() -> None:
    @operation("starMove", permission=board.WRITE)
    async def move_star(ctx: Context, far: bool) -> None:
        """Move a star."""
        raise NotImplementedError

    with pytest.raises(TypeError, match="far: what it is has to be told"):
        mutation_of("starMove")
    assert "starMove" not in CATALOGUE
