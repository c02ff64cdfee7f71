"""Types are named by references, each of which leads to the type of its name."""

from typing import get_args

import pytest
from graphql import GraphQLObjectType

from schema import references
from schema.graph import graph
from schema.node import reference


@pytest.mark.parametrize("name", [name for name in vars(references) if name.endswith("Ref")])
def test_a_reference_leads_to_a_type_of_the_graph(name: str) -> None:
    forward, lazy = get_args(getattr(references, name))

    assert lazy.resolve_forward_ref(forward).resolve_type().__name__ == forward.__forward_arg__
    assert isinstance(graph().type_map[name.removesuffix("Ref")], GraphQLObjectType)
    assert reference(name.removesuffix("Ref")) is getattr(references, name)
