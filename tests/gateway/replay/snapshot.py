"""What a client keeps of each noun, and the query that reads all of it."""

import re

from graphql import GraphQLObjectType, get_named_type, is_leaf_type
from pydantic.alias_generators import to_camel

import models
from models.facts import GRAPH, declared
from schema.graph import graph
from tests.world.samples import table

NOUNS = table(lambda sample: sample.kept)


def _declared(noun: str) -> str:
    """The fields of the graph's type that are what its model declares, and the id."""
    type_ = graph().type_map[noun]
    assert isinstance(type_, GraphQLObjectType)
    leaves = {name for name, field in type_.fields.items() if is_leaf_type(get_named_type(field.type))}
    names = ["id", *map(to_camel, declared(getattr(models, noun), GRAPH))]
    return " ".join(name for name in names if name in leaves)


FIELDS = {noun: f"{_declared(noun)} {kept.fields}" for noun, kept in NOUNS.items()}

FRAGMENTS = {name: f"fragment {name}Fields on {name} {{ __typename {fields} }}" for name, fields in FIELDS.items()}


def _top(fields: str) -> str:
    """Fields without what is selected below them, and without arguments."""
    while (less := re.sub(r"\([^()]*\)|{[^{}]*}", "", fields)) != fields:
        fields = less
    return fields


KEPT = {name: frozenset(re.findall(r"\w+", _top(fields))) for name, fields in FIELDS.items()}
"""The names of those fields, without what is selected below them."""


def _read(above: str) -> str:
    """What is read below a type: each noun that is found there, and what is below that."""
    edges = {noun: kept.under[above] for noun, kept in NOUNS.items() if above in kept.under}
    return " ".join(edge.replace(f"...{noun}Fields", f"...{noun}Fields {_read(noun)}") for noun, edge in edges.items())


SNAPSHOT = f"""
    query ($org: String!, $slug: String!) {{
      viewer {{ notificationsCursor {_read("Viewer")} }}
      workspace(orgSlug: $org, slug: $slug) {{ cursor ...WorkspaceFields {_read("Workspace")} }}
    }}
    """ + "\n".join(FRAGMENTS.values())
