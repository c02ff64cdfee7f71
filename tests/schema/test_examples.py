"""The example operations that GraphiQL offers."""

from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, parse, validate

from gateway.paths import graphql_folder
from schema.graph import graph
from serving.graph.document_limits import DEFAULTS, check_written

EXAMPLES = [
    *sorted((graphql_folder() / "examples").glob("*.graphql")),
    graphql_folder() / "operations" / "project-events.graphql",
]


def test_there_are_examples_of_every_kind_of_operation() -> None:
    kinds = {
        one.operation.value
        for file in EXAMPLES
        for one in parse(file.read_text()).definitions
        if isinstance(one, OperationDefinitionNode)
    }

    assert kinds == {"query", "mutation", "subscription"}


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_an_example_says_what_it_is_for_and_fits_the_graph_and_its_limits(file: Path) -> None:
    text = file.read_text()
    document = parse(text)

    assert text.startswith("# ")
    assert validate(graph(), document) == []
    DEFAULTS.check_document(document)
    assert check_written(document, DEFAULTS.code) is False
    assert DEFAULTS.check_cost(graph(), document).total > 0
