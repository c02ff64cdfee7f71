"""The schema as a whole."""

from functools import cache

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from schema.activity import Activity
from schema.attachment import Attachment
from schema.batching import install
from schema.card import Card
from schema.column import Column
from schema.comment import Comment
from schema.custom_field import CustomField
from schema.document import Document, DocumentVersion
from schema.label import Label
from schema.loading import from_record
from schema.mutations.account import AccountMutation
from schema.mutations.attachment import AttachmentMutation
from schema.mutations.board import BoardMutation
from schema.mutations.card import CardMutation
from schema.mutations.checklist import ChecklistMutation
from schema.mutations.custom_field import CustomFieldMutation
from schema.mutations.derived import derived
from schema.mutations.document import DocumentMutation
from schema.mutations.pilotage import PilotageMutation
from schema.mutations.project import ProjectMutation
from schema.mutations.relation import RelationMutation
from schema.mutations.security import SecurityMutation
from schema.mutations.template import TemplateMutation
from schema.mutations.tenancy import TenancyMutation
from schema.query import Query
from schema.relation import Relation
from schema.scalars import SCALARS
from schema.shown import guard_payloads
from schema.subscription import Subscription
from schema.transfer import TransferJob

MUTATIONS = (
    AccountMutation,
    SecurityMutation,
    TenancyMutation,
    ProjectMutation,
    TemplateMutation,
    BoardMutation,
    CustomFieldMutation,
    CardMutation,
    AttachmentMutation,
    DocumentMutation,
    ChecklistMutation,
    RelationMutation,
    PilotageMutation,
)
NODES = (
    Activity,
    Attachment,
    Card,
    Column,
    Comment,
    CustomField,
    Document,
    DocumentVersion,
    Label,
    Relation,
    TransferJob,
)


@cache
def strawberry_schema() -> strawberry.Schema:
    """The graph, built once a process."""
    mutation = merge_types("Mutation", (*MUTATIONS, derived(MUTATIONS)))
    mutation.__strawberry_definition__.description = "What can be changed."  # type: ignore[attr-defined]
    schema = strawberry.Schema(
        query=Query,
        mutation=mutation,
        subscription=Subscription,
        types=NODES,
        config=StrawberryConfig(default_resolver=from_record, scalar_map=SCALARS),
    )
    install(schema)
    guard_payloads(schema._schema.mutation_type)  # type: ignore[arg-type]
    return schema


def graph() -> GraphQLSchema:
    """The graph as graphql-core executes it."""
    return strawberry_schema()._schema
