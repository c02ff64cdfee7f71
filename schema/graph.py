"""The schema as a whole."""

from functools import cache

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from schema.batching import install
from schema.extension import extend_types
from schema.loading import from_record
from schema.mutations.derived import mutation_type
from schema.query import Query
from schema.scalars import SCALARS
from schema.shown import guard_payloads
from schema.subscription import Subscription


@cache
def strawberry_schema() -> strawberry.Schema:
    """The graph, built once a process."""
    extend_types()
    schema = strawberry.Schema(
        query=Query,
        mutation=mutation_type(),
        subscription=Subscription,
        config=StrawberryConfig(default_resolver=from_record, scalar_map=SCALARS),
    )
    install(schema)
    guard_payloads(schema._schema.mutation_type)  # type: ignore[arg-type]
    return schema


def graph() -> GraphQLSchema:
    """The graph as graphql-core executes it."""
    return strawberry_schema()._schema
