"""How tasks and products are told in words, as either part of the interface writes them."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from models.card_enums import CardStage, CardType, ProjectStatus
from models.enums import Priority

E = TypeVar("E", bound=Enum)

StatusWord = Literal["todo", "in_progress", "review", "blocked", "done", "cancelled"]
PriorityCode = Literal["P0", "P1", "P2", "P3"]
PriorityName = Literal["critical", "high", "medium", "low"]
TypeWord = Literal["feature", "bug", "research", "ops", "infra", "content", "other"]
ProductStatusWord = Literal["idea", "building", "active", "live", "archived"]

_STAGES: Mapping[str, CardStage] = {**{stage.value: stage for stage in CardStage}, "archived": CardStage.CANCELLED}
_CODES: Mapping[Priority, PriorityCode] = {
    Priority.CRITICAL: "P0",
    Priority.HIGH: "P1",
    Priority.MEDIUM: "P2",
    Priority.LOW: "P3",
}
_NAMES: Mapping[Priority, PriorityName] = {
    Priority.CRITICAL: "critical",
    Priority.HIGH: "high",
    Priority.MEDIUM: "medium",
    Priority.LOW: "low",
}
_PRIORITIES: Mapping[str, Priority] = {
    written.lower(): priority for words in (_CODES, _NAMES) for priority, written in words.items()
}
_TYPES: Mapping[str, CardType] = {type_.value: type_ for type_ in CardType}
_PRODUCTS: Mapping[str, ProjectStatus] = {
    **{status.value: status for status in ProjectStatus},
    "live": ProjectStatus.LAUNCHED,
    "placeholder": ProjectStatus.IDEA,
}


def _member(words: Mapping[str, E], value: Any) -> Any:
    member = words.get(value.strip().lower()) if isinstance(value, str) else None
    if member is None:
        raise PydanticCustomError("word", "must be one of {words}", {"words": ", ".join(words)})
    return member


def _one_of(type_: type[E], words: Mapping[str, E], shown: Sequence[str] = ()) -> Any:
    """A word for a member of an enum."""
    schema = WithJsonSchema({"type": "string", "enum": list(shown or words)})
    return Annotated[type_, BeforeValidator(lambda value: _member(words, value)), schema]


def _some_of(type_: type[E], words: Mapping[str, E]) -> Any:
    """Such words with commas between them, as addresses have them."""

    def read(value: Any) -> Any:
        return [_member(words, word) for word in value.split(",")] if isinstance(value, str) else value

    schema = WithJsonSchema({"type": "string", "example": next(iter(words))})
    return Annotated[list[type_], BeforeValidator(read), schema]  # type: ignore[valid-type]


Status: Any = _one_of(CardStage, _STAGES)
Statuses: Any = _some_of(CardStage, _STAGES)
PriorityIn: Any = _one_of(Priority, _PRIORITIES, [*_CODES.values(), *_NAMES.values()])
Priorities: Any = _some_of(Priority, _PRIORITIES)
TypeIn: Any = _one_of(CardType, _TYPES)
ProductStatus: Any = _one_of(ProjectStatus, _PRODUCTS)
ProductStatuses: Any = _some_of(ProjectStatus, _PRODUCTS)


def priority_code(value: int | None) -> PriorityCode:
    """How urgent something is, as the inner routes write it."""
    return _CODES[Priority.MEDIUM if value is None else Priority(value)]


def priority_name(value: int | None) -> PriorityName:
    """The same for the public ones."""
    return _NAMES[Priority.MEDIUM if value is None else Priority(value)]


def product_word(status: str | None) -> ProductStatusWord:
    """How far a product is."""
    known: Any = ProjectStatus.ACTIVE.value if status is None else status
    return "live" if known == ProjectStatus.LAUNCHED else known


def number_of(record: Mapping[str, Any]) -> int:
    """The number of a task or a product. None has none: those of before were given theirs."""
    return int(record["number"])


_STATUSES: Mapping[CardStage, StatusWord] = {
    CardStage.TODO: "todo",
    CardStage.IN_PROGRESS: "in_progress",
    CardStage.REVIEW: "review",
    CardStage.BLOCKED: "blocked",
    CardStage.DONE: "done",
    CardStage.CANCELLED: "cancelled",
}


def status_word(stage: CardStage) -> StatusWord:
    """How far a task is."""
    return _STATUSES[stage]
