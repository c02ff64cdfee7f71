"""Documents made to hold the process: each is refused, or validated, in little time, whatever it is made of."""

from collections.abc import Iterator

import pytest
from graphql import GraphQLError, build_schema, validate

from execution.limits import Limits

SCHEMA = build_schema("type Query { a(b: Int): Query b: Int me: User } type User { id: ID friend: User }")
SIZE = 65_000


def _filled(part: str, before: str = "", after: str = "") -> str:
    return before + part * ((SIZE - len(before) - len(after)) // len(part)) + after


def _chain(length: int, body: str) -> str:
    links = " ".join(f"fragment f{at} on Query {{{body.replace('$', f'...f{at + 1}')}}}" for at in range(length))
    return f"{{ ...f0 }} {links} fragment f{length} on Query {{b}}"


def _corpus() -> Iterator[tuple[str, str]]:
    yield "bomb of fragments", _chain(25, "$ $")
    yield "bomb of nested fragments", _chain(60, "a{$} x:a{$}")
    yield "long chain of fragments", _chain(1500, "a{$ $}")
    yield "5,000 duplicate fields", _filled("b ", "{", "}")[:10_000] + "}"
    yield "duplicates below the number of tokens", "{" + "b " * 1990 + "}"
    yield "nested duplicates", "{" + ("a{" + "b " * 8 + "}") * 150 + "}"
    yield "duplicates within the limit", "{" + "b " * 195 + "}"
    yield (
        "pairs of fragments",
        "{"
        + " ".join(f"...f{at}" for at in range(190))
        + "}"
        + " ".join(f"fragment f{at} on Query{{b}}" for at in range(190)),
    )
    yield "comment lines", _filled("#\n", after="{b}")
    yield "one long comment", "{b}#" + "x" * (SIZE - 10)
    yield "10,000 directives", "{b " + "@a " * 10_000 + "}"
    yield "directives below the number of tokens", "{b " + "@a " * 900 + "}"
    yield "depth of 2,000", "{" + "a{" * 2000 + "b" + "}" * 2001
    yield "depth of 190", "{" + "a{" * 190 + "b" + "}" * 191
    yield "inline fragments of depth 190", "{" + "...{" * 190 + "b" + "}" * 191
    yield "circle of one", "{...f} fragment f on Query{a{...f}}"
    yield (
        "circle of many",
        "{...f0} " + " ".join(f"fragment f{at} on Query{{a{{...f{(at + 1) % 150}}}}}" for at in range(150)),
    )
    yield "aliases", "{" + " ".join(f"x{at}:b" for at in range(600)) + "}"
    yield "operations", " ".join(f"query q{at}{{...f}}" for at in range(300)) + " fragment f on Query{b}"
    yield "unknown fields", "{" + " ".join(f"unknown{at}" for at in range(990)) + "}"
    yield "unclosed block strings", _filled('"""a')
    yield "escaped block strings", _filled('"""\\')
    yield "quotes", _filled('"')
    yield "lists in lists", "{a(b:" + "[" * 3000 + "]" * 3000 + "){b}}"
    yield "braces", _filled("{")
    yield "names", _filled("a ")
    yield "NUL", _filled("\0")
    yield "friends of friends", "{me{" + "friend{" * 13 + "id" + "}" * 15
    yield "digits", "{a(b:" + "9" * SIZE + "){b}}"


@pytest.mark.parametrize("source", [source for _, source in _corpus()], ids=[name for name, _ in _corpus()])
def test_a_hostile_document_is_little_work(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # given: work counted, not timed
    limits = Limits()
    compared = _count_comparisons(monkeypatch)
    # when
    try:
        document = limits.parse(source)
        limits.check_document(document)
        if not validate(SCHEMA, document):
            limits.check_cost(SCHEMA, document)
    except GraphQLError:
        pass
    # then: a comparison of two fields takes about a microsecond
    assert compared[0] < 50_000


def _count_comparisons(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    from graphql.validation.rules import overlapping_fields_can_be_merged as rule

    compared = [0]
    find = rule.find_conflict

    def counting(*args: object) -> object:
        compared[0] += 1
        return find(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(rule, "find_conflict", counting)
    return compared
