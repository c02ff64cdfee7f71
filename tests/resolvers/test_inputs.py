"""Bad input for every input model of the operations: a clear error that names the field, whatever the model."""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args

import pytest
from bson import ObjectId
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

import resolvers.inputs
from models.errors import BadUserInput
from models.ids import Kind, new_id
from models.limits import Text
from resolvers.inputs.card import CardCreate, CardUpdate
from resolvers.inputs.project_draft import DraftDocumentInput
from resolvers.kit.comparators import Comparator
from resolvers.kit.input import MAX_PROBLEMS, Date, IdOf, Input, read_input

Marker = TypeVar("Marker")

for _module in pkgutil.iter_modules(resolvers.inputs.__path__):
    importlib.import_module(f"resolvers.inputs.{_module.name}")


def models(root: type[Input] = Input) -> Iterator[type[Input]]:
    for model in root.__subclasses__():
        yield model
        yield from models(model)


def stands(model: type[Input]) -> bool:
    """Whether a model is what its module calls so: beneath one with declared fields lies what those were added to."""
    return getattr(sys.modules[model.__module__], model.__name__, None) is model


# The query parameters of REST are text, and what a filter compares is read as the graph reads it; both are read more
# kindly, and have tests of their own.
MODELS = sorted(
    (
        model
        for model in set(models()) - set(models(Comparator))
        if model.__module__.startswith("resolvers.") and stands(model) and model is not Comparator
    ),
    key=lambda model: model.__name__,
)


def alias(model: type[Input], name: str) -> str:
    return model.model_fields[name].alias or name


def markers(field: FieldInfo) -> list[object]:
    """What annotates a field, at whatever depth of its type."""
    found: list[object] = list(field.metadata)
    pending: list[Any] = [field.annotation]
    while pending:
        current = pending.pop()
        found += getattr(current, "__metadata__", ())
        pending += get_args(current)
    return found


def annotated(model: type[Input], kind: type[Marker]) -> list[tuple[str, Marker]]:
    """Every field of a model whose own type is annotated by `kind`, with the annotation."""
    return [
        (name, marker)
        for name, field in model.model_fields.items()
        for marker in markers(field)
        if isinstance(marker, kind) and not any(many in str(field.annotation) for many in ("list", "dict", "Mapping"))
    ]


def of_any(kind: type[object]) -> list[type[Input]]:
    """The models with such a field."""
    return [model for model in MODELS if annotated(model, kind)]


def strict_fields(model: type[Input]) -> list[str]:
    """All but free JSON, which takes nearly everything (tests/models/test_json.py), and answers, of which the questions
    say what they may be."""
    return [name for name, field in model.model_fields.items() if field.annotation is not Any and name != "answers"]


def dates(model: type[Input]) -> list[str]:
    """The fields that take moments."""
    shown = TypeAdapter(model).json_schema()["properties"]
    return [name for name in model.model_fields if "date-time" in str(shown.get(alias(model, name)))]


each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


def refused(model: type[Input], values: Any) -> BadUserInput:
    with pytest.raises(BadUserInput) as caught:
        read_input(model, values)
    for told in (caught.value.message, *(str(problem) for problem in caught.value.details["problems"])):  # type: ignore[attr-defined]
        assert "Input should" not in told
        assert "pydantic" not in told.lower()
        assert not any(one.__name__ in told for one in MODELS), told
        told.encode()
    return caught.value


def refused_field(model: type[Input], name: str, value: Any) -> str:
    """The message about a field; every other field is left out, which may be a problem of its own."""
    error = refused(model, {alias(model, name): value})
    told = {problem["field"]: problem["message"] for problem in error.details["problems"]}  # type: ignore[attr-defined]
    found = [field for field in told if field == alias(model, name) or field.startswith(alias(model, name) + ".")]
    assert found, (name, value, told)
    return str(told[found[0]])


def test_the_models_are_found() -> None:
    assert len(MODELS) > 25
    assert len(of_any(IdOf)) > 10
    assert len(of_any(Text)) > 25
    assert len([model for model in MODELS if dates(model)]) > 4


TEXT_ALONE = (DraftDocumentInput,)
"""What may be written as a text alone."""


@each_model
def test_what_is_no_object_is_refused(model: type[Input]) -> None:
    no_object: tuple[Any, ...] = (None, [], 5, True, *(() if model in TEXT_ALONE else ("x",)))
    for values in no_object:
        assert refused(model, values).message == "input: must be an object"


@each_model
def test_an_unknown_field_is_refused_by_name(model: type[Input]) -> None:
    for key in ("$set", "is_admin", "_id.x", "", "\x00", "x" * 5000):
        told = [problem["field"] for problem in refused(model, {key: {"$gt": ""}}).details["problems"]]  # type: ignore[attr-defined]

        assert (key.replace("\x00", "?") or "input")[:60] in told


@each_model
def test_a_key_that_is_no_unicode_is_refused(model: type[Input]) -> None:
    refused(model, {"\ud800": 1})


@each_model
def test_what_is_required_is_named(model: type[Input]) -> None:
    required = {alias(model, name) for name, field in model.model_fields.items() if field.is_required()}
    if not required:
        try:
            assert read_input(model, {}).given() == {}
        except BadUserInput as error:
            assert "at least one of" in error.message or "exactly one of" in error.message  # noqa: PT017
        return

    told = {problem["field"]: problem["message"] for problem in refused(model, {}).details["problems"]}  # type: ignore[attr-defined]

    assert told == dict.fromkeys(required, "is required")


OF_NO_TYPE: tuple[Any, ...] = ({"$gt": ""}, [[]], 1.5, float("nan"), 2**70, -(2**63) - 1, b"x")


@each_model
def test_a_value_of_a_wrong_type_is_refused_by_name(model: type[Input]) -> None:
    for name in strict_fields(model):
        takes_fractions = "float" in str(model.model_fields[name].annotation)
        for value in OF_NO_TYPE:
            if not (takes_fractions and value == 1.5):
                refused_field(model, name, value)


# A picture and the text of a document, for whose size the operations answer PAYLOAD_TOO_LARGE; an event of Stripe's.
WHOLE_FILES = {"UserAvatarSet.image", "DocumentUpdate.content", "BillingReceive.payload", "WorkspaceFileWrite.content"}


@each_model
def test_text_that_cannot_be_stored_is_refused_by_name(model: type[Input]) -> None:
    for name in strict_fields(model):
        for value in ("\x00", "a\ud800"):
            refused_field(model, name, value)
        if f"{model.__name__}.{name}" not in WHOLE_FILES:
            refused_field(model, name, "x" * 200_000)


@pytest.mark.parametrize("model", of_any(Text), ids=lambda model: model.__name__)
def test_text_has_a_longest_and_a_shortest_length(model: type[Input]) -> None:
    for name, text in annotated(model, Text):
        assert "at most" in refused_field(model, name, "x" * (text.maximum + 1)) or text.pattern
        if text.minimum:
            refused_field(model, name, "x" * (text.minimum - 1))
        if text.minimum and text.strip:
            refused_field(model, name, " " * text.maximum)


@pytest.mark.parametrize("model", of_any(IdOf), ids=lambda model: model.__name__)
def test_an_id_of_another_kind_is_refused(model: type[Input]) -> None:
    for name, id_of in annotated(model, IdOf):
        other = Kind.EVENT if id_of.kind is not Kind.EVENT else Kind.USER
        others = [] if id_of.kind is None else [new_id(other), str(new_id(other)), str(ObjectId(b"\x00" * 12))]
        for wrong in (*others, "x" * 24, "", "6" * 23):
            refused_field(model, name, wrong)


NO_DATES: tuple[Any, ...] = (
    "soon",
    "",
    "2026-13-01",
    "2026-02-30",
    "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-00:01",
    "2026-01-01T10:00:00zz",
    "0001-01-01T00:00:00+23:59",
    "10000-01-01",
    "2026-01-01T25:00:00Z",
    "\uff12\uff10\uff12\uff16-01-01",
    0,
    1767225600,
    True,
)


@pytest.mark.parametrize("model", [model for model in MODELS if dates(model)], ids=lambda model: model.__name__)
def test_a_date_out_of_range_or_form_is_refused(model: type[Input]) -> None:
    for name in dates(model):
        for value in NO_DATES:
            refused_field(model, name, value)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2026-05-01", datetime(2026, 5, 1, tzinfo=UTC)),
        ("2026-05-01T10:00:00Z", datetime(2026, 5, 1, 10, tzinfo=UTC)),
        ("2026-05-01t10:00:00.5z", datetime(2026, 5, 1, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-05-01t10:00:00+02:00", datetime(2026, 5, 1, 8, tzinfo=UTC)),
        ("9999-12-31", datetime(9999, 12, 31, tzinfo=UTC)),
        ("9999-12-31T23:59:59.999999Z", datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)),
        ("1970-01-01", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_date_is_read_as_it_was_meant(value: str, read: datetime) -> None:
    assert TypeAdapter(Date).validate_python(value) == read


@each_model
def test_a_boolean_is_neither_a_number_nor_a_word(model: type[Input]) -> None:
    shown = TypeAdapter(model).json_schema()["properties"]
    for name in strict_fields(model):
        if "boolean" in str(shown[alias(model, name)]):
            for value in (0, 1, "true", "yes"):
                assert refused_field(model, name, value) == "must be true or false"


def test_the_names_of_the_database_are_no_names_of_fields() -> None:
    assert refused(CardUpdate, {"due_date": "2026-01-01"}).field == "due_date"


def test_only_the_first_problems_are_listed() -> None:
    error = refused(CardUpdate, {f"x{n}": 1 for n in range(1000)})

    assert len(error.details["problems"]) == MAX_PROBLEMS  # type: ignore[arg-type]


def test_a_problem_deep_inside_is_named_by_its_path() -> None:
    values = {"projectId": new_id(Kind.PROJECT), "title": "x", "checklist": [{"title": "a"}, {"title": "b", "done": 1}]}

    error = refused(CardCreate, values)

    assert (error.field, error.message) == ("checklist.1.done", "checklist.1.done: must be true or false")
    assert error.details["index"] == 1
