"""No rule of validation tells a stranger a name that the stranger did not write, and none makes suggestions."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from graphql import GraphQLError, GraphQLObjectType, GraphQLSchema, build_schema, parse, specified_rules, validate
from graphql.execution.values import get_variable_values
from graphql.validation import ASTValidationRule

from gateway.graph import served_graph
from schema.graph import graph
from serving.failures import formatted
from serving.graph.document_limits import DEFAULTS
from serving.graph.documents import Documents
from serving.graph.reticence import HIDDEN, Reticence, _names

SCHEMA = build_schema(
    """
    directive @sealed(secretLevel: Int!) on FIELD
    directive @defer(label: String, if: Boolean! = true) on FRAGMENT_SPREAD | INLINE_FRAGMENT
    directive @stream(label: String, if: Boolean! = true, initialCount: Int! = 0) on FIELD
    type Query {
      vaults(hiddenFilter: VaultFilter!, by: HiddenOrder): VaultConnection! secretCount: Int!
      thing: HiddenThing one(of: HiddenChoice): Int
    }
    type Mutation { openVault(vaultInput: VaultInput!): VaultPayload }
    type Subscription { vaultOpened: VaultPayload vaultClosed: VaultPayload }
    type VaultConnection { vaultNodes: [Vault!]! vaultTotal: Int! }
    type Vault implements HiddenThing { secretName: String! hiddenTwin: Vault }
    type Tomb implements HiddenThing { secretName: String! }
    type Other { otherName: String }
    interface HiddenThing { secretName: String! }
    union HiddenUnion = Vault | Other
    enum HiddenOrder { SECRET_FIRST SECRET_LAST }
    input VaultFilter { secretWord: String! hiddenDepth: VaultDepth }
    input VaultDepth { secretMinimum: Int! }
    input VaultInput { secretTitle: String! }
    input HiddenChoice @oneOf { secretA: Int secretB: Int }
    type VaultPayload { openedVault: Vault }
    """
)

BROKEN: dict[str, list[str]] = {
    "DeferStreamDirectiveLabel": ["query ($l: String) { ... @defer(label: $l) { secretCount } }"],
    "DeferStreamDirectiveOnRootField": [
        "mutation { ... @defer { __typename } }",
        "subscription { ... @defer { __typename } }",
    ],
    "DeferStreamDirectiveOnValidOperationsRule": [
        "subscription { vaultOpened { ... @defer { openedVault { secretName } } } }"
    ],
    "ExecutableDefinitionsRule": [
        "{ secretCount } type Vault { a: Int }",
        "{ secretCount } extend type Query { a: Int }",
    ],
    "FieldsOnCorrectTypeRule": [
        "{ vault }",
        "{ vaults { nodes } }",
        "{ thing { hiddenTwin { x } } }",
        "mutation { open }",
    ],
    "FragmentsOnCompositeTypesRule": ["{ ... on HiddenOrder { x } }", "{ ...F } fragment F on VaultInput { x }"],
    "KnownArgumentNamesRule": [
        "{ vaults(filter: 1) { x } }",
        "{ secretCount @sealed(level: 1) }",
        "{ secretCount @skip(iff: 1) }",
    ],
    "KnownDirectivesRule": ["{ secretCount @seal }", "query @sealed(secretLevel: 1) { secretCount }"],
    "KnownFragmentNamesRule": ["{ ...Secret }"],
    # This schema has all three kinds of operations; the message names nothing else.
    "KnownOperationTypesRule": [],
    "KnownTypeNamesRule": ["{ ... on Vaul { x } }", "query ($a: VaultInpu) { one }"],
    "LoneAnonymousOperationRule": ["{ secretCount } { one }"],
    "MaxIntrospectionDepthRule": [
        "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }"
    ],
    "NoFragmentCyclesRule": ["{ ...F } fragment F on Query { ...F }"],
    "NoUndefinedVariablesRule": ["query Q { one(of: $x) }"],
    "NoUnusedFragmentsRule": ["{ one } fragment F on Query { one }"],
    "NoUnusedVariablesRule": ["query ($x: Int) { one }"],
    "OverlappingFieldsCanBeMergedRule": [
        "{ a: one a: secretCount }",
        "{ thing { ... on Vault { a: hiddenTwin { a: secretName } } ... on Tomb { a: secretName } } }",
    ],
    "PossibleFragmentSpreadsRule": [
        "{ thing { ... on Other { otherName } } }",
        "{ thing { ...F } } fragment F on Other { otherName }",
    ],
    "ProvidedRequiredArgumentsRule": [
        "{ vaults { vaultTotal } }",
        "{ secretCount @sealed }",
        "mutation { openVault { openedVault { secretName } } }",
    ],
    "ScalarLeafsRule": ["{ vaults }", "{ secretCount { x } }", "{ thing }", "mutation { openVault }"],
    "SingleFieldSubscriptionsRule": [
        "subscription { vaultOpened { openedVault { secretName } } vaultClosed { openedVault { secretName } } }",
        "subscription { __typename }",
    ],
    "StreamDirectiveOnListField": ["{ vaults @stream { x } }"],
    "UniqueArgumentNamesRule": ["{ one(of: 1, of: 1) }"],
    "UniqueDirectivesPerLocationRule": ["{ one @skip(if: true) @skip(if: true) }"],
    "UniqueFragmentNamesRule": ["{ ...F } fragment F on Query { one } fragment F on Query { one }"],
    "UniqueInputFieldNamesRule": ["{ one(of: {a: 1, a: 2}) }"],
    "UniqueOperationNamesRule": ["query A { one } query A { one }"],
    "UniqueVariableNamesRule": ["query ($x: Int, $x: Int) { one }"],
    "ValuesOfCorrectTypeRule": [
        "{ vaults(hiddenFilter: {}) { x } }",
        "{ vaults(hiddenFilter: null) { x } }",
        "{ vaults(hiddenFilter: 1) { x } }",
        "{ vaults(hiddenFilter: {secret: 1}) { x } }",
        "{ vaults(hiddenFilter: {hiddenDepth: {}}) { x } }",
        "{ vaults(by: SECRET) { x } }",
        '{ vaults(by: "it\'s") { x } }',
        "{ one(of: {}) }",
        "{ one(of: {secretA: 1, secretB: 1}) }",
        "{ one(of: {secretA: null}) }",
        '{ secretCount @sealed(secretLevel: "it\'s") }',
    ],
    "VariablesAreInputTypesRule": ["query ($x: Vault) { one }"],
    "VariablesInAllowedPositionRule": [
        "query ($x: Int) { vaults(hiddenFilter: $x) { x } }",
        "query ($x: Int) { one(of: {secretA: $x}) }",
    ],
}


def _leaks(message: str, text: str, schema: GraphQLSchema) -> set[str]:
    return set(re.findall(r"\w+", message)) & _hidden(schema) - set(re.findall(r"\w+", text))


@cache
def _hidden(schema: GraphQLSchema) -> frozenset[str]:
    return frozenset(name for name in _names(schema) if not name.islower()) - {"Query", "Mutation", "Subscription"}


@pytest.fixture(scope="module")
def kept() -> Documents:
    return Documents(replace(served_graph(), schema=SCHEMA), DEFAULTS, hide_suggestions=True)


def _rule(name: str) -> type[ASTValidationRule]:
    return next(rule for rule in specified_rules if rule.__name__ == name)


def test_every_rule_has_its_documents() -> None:
    assert sorted(BROKEN) == sorted(rule.__name__ for rule in specified_rules)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BROKEN.items() for text in texts])
def test_a_stranger_reads_no_name_that_the_document_does_not_hold(name: str, text: str) -> None:
    # given a document that breaks the rule
    assert validate(SCHEMA, parse(text), [_rule(name)], hide_suggestions=True)
    # when it is refused, by this rule and by whichever others it breaks
    errors = formatted(validate(SCHEMA, parse(text), hide_suggestions=True))
    told = Reticence(SCHEMA).told(errors, text, None)
    # then nothing is told that was not known
    assert len(told) == len(errors)
    for error in told:
        assert _leaks(error["message"], text, SCHEMA) == set()


def test_there_is_something_to_hide() -> None:
    errors = [
        error
        for texts in BROKEN.values()
        for text in texts
        for error in formatted(validate(SCHEMA, parse(text), hide_suggestions=True))
        if _leaks(error["message"], text, SCHEMA)
    ]
    assert len(errors) > 10


@pytest.mark.parametrize("text", [text for texts in BROKEN.values() for text in texts])
def test_nothing_is_suggested(kept: Documents, text: str) -> None:
    errors = kept.prepare(text).errors
    assert errors
    assert not [error for error in errors if "Did you mean" in error["message"]]


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"secret": "x"},
        {"secretWord": None},
        {"secretWord": "x", "hiddenDepth": {}},
        {"it's": "'x", "hiddenDepth": 1},
        1,
        None,
    ],
)
def test_variables_that_do_not_fit_tell_no_name_either(value: Any) -> None:
    text = "query ($v: VaultFilter!) { vaults(hiddenFilter: $v) { vaultTotal } }"
    operation: Any = parse(text).definitions[0]
    found = get_variable_values(SCHEMA, operation.variable_definitions, {"v": value}, hide_suggestions=True)
    assert isinstance(found, list)
    told = Reticence(SCHEMA).told(formatted(found), text, {"v": value})
    for error in told:
        assert _leaks(error["message"], f"{text} {value}", SCHEMA) == set()


def test_what_the_sender_wrote_is_told_as_it_is() -> None:
    text = "{ vaults }"
    (error,) = Reticence(SCHEMA).told(formatted(validate(SCHEMA, parse(text), [_rule("ScalarLeafsRule")])), text, None)
    assert error["message"].startswith(f"Field 'vaults' of type '{HIDDEN}!' must have a selection of subfields.")


def test_an_error_of_a_field_that_ran_is_let_be() -> None:
    ran = formatted([GraphQLError("The 'secretName' is taken.", path=["vaults"])])
    assert Reticence(SCHEMA).told(ran, "{ x }", None) == ran


def _guesses(field: str, arguments: Iterable[str]) -> Iterator[str]:
    """What a tool that guesses words sends of a field, to have its type told, and its arguments."""
    yield from (field, f"{field} {{ nothing }}", f"{field}(nothing: 1)", f"{field} {{ nothing {{ nothing }} }}")
    for argument in arguments:
        for value in ("42", "{}", "null", "NOTHING"):
            yield f"{field}({argument}: {value})"


def _quoted(message: str) -> set[str]:
    return {word for part in re.findall(r"'[^']*'", message) for word in re.findall(r"\w+", part)}


@pytest.mark.parametrize("root", ["query", "mutation", "subscription"])
def test_the_graph_itself_tells_a_stranger_no_name(root: str) -> None:
    kept = Documents(served_graph(), DEFAULTS, hide_suggestions=True)
    reticence = Reticence(graph())
    names = set(_names(graph())) - {"Query", "Mutation", "Subscription"}
    type_: GraphQLObjectType = getattr(graph(), f"{root}_type")
    errors = 0
    for name, field in type_.fields.items():
        for guess in _guesses(name, field.args):
            text = f"{root} {{ {guess} }}"
            for error in reticence.told(kept.prepare(text).errors, text, None):
                errors += 1
                assert _leaks(error["message"], text, graph()) == set()
                assert _quoted(error["message"]) & names <= set(re.findall(r"\w+", text))
                assert "Did you mean" not in error["message"]
    assert errors > len(type_.fields)
