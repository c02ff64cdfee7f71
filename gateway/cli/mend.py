"""Makes cards of what another tool left: what is odd in one is changed or left out, and told, and the rest comes."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from models.errors import BadUserInput
from models.json import check_text
from resolvers.inputs.base import read_input
from resolvers.inputs.board import MAX_PROJECT_LABELS
from resolvers.inputs.card import MAX_CHECKLIST, MAX_LABELS
from resolvers.inputs.transfer import ImportedCard

UNTITLED = "Untitled"
MAX_TITLE, MAX_NAME, MAX_DESCRIPTION = 500, 100, 5_000
PRIORITIES = {
    "high": ("critical", "urgent", "highest", "blocker", "important", "major", "p0", "p1"),
    "medium": ("normal", "moderate", "middle", "default", "p2"),
    "low": ("lowest", "minor", "trivial", "p3", "p4"),
}
"""What other tools call a priority, in lower case."""

_WORDS = {word: priority for priority, words in PRIORITIES.items() for word in (priority, *words)}
_NONE = ("", "none", "no priority", "unset")
_NAMES = ("name", "title", "label", "text")
_FIELDS = frozenset(field.alias or name for name, field in ImportedCard.model_fields.items())

Card = dict[str, Any]
Tell = Callable[[str, str], None]
"""Takes a place in a card, and a sentence."""


def mended(file: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A project's file whose cards an import takes, each where it was, and a sentence for all that was changed."""
    told: list[str] = []
    cards = file.get("cards")
    if not isinstance(cards, list):
        return file, told
    names: set[str] = {one.get("name", "") for one in _objects(file.get("labels"))}
    fields = {one.get("name") for one in _objects(file.get("customFields"))}
    columns = file.get("columns")
    width = len(columns) if isinstance(columns, list) else 0
    made: list[Card] = []
    for index, entry in enumerate(cards):

        def tell(place: str, sentence: str, where: str = f"cards.{index}") -> None:
            told.append(f"{where}.{place}: {sentence}" if place else f"{where}: {sentence}")

        card = _valid(_likely(entry, tell), tell)
        _point(card, width, fields, tell)
        _label(card, names, tell)
        made.append(card)
    return {**file, "cards": made}, told


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _likely(entry: Any, tell: Tell) -> Card:
    """A card in the form that was probably meant."""
    if not isinstance(entry, dict):
        tell("", "is no object, and an empty card now")
        entry = {"title": UNTITLED}
    card = {key: value for key, value in entry.items() if key in _FIELDS}
    for key in sorted(entry.keys() - _FIELDS):
        tell(key[:60], "is left out, as cards have no such field")
    card["title"] = _title(card.get("title"), tell)
    if isinstance(card.get("description"), str) and len(card["description"]) > MAX_DESCRIPTION:
        tell("description", f"is cut after {MAX_DESCRIPTION} characters")
        card["description"] = card["description"][:MAX_DESCRIPTION]
    card["priority"] = _priority(card.get("priority"), tell)
    card["labels"] = list(_labels(card.get("labels"), tell))
    card["checklist"] = list(_steps(card.get("checklist"), tell))
    return card


def _title(value: Any, tell: Tell) -> str:
    text = str(value).strip() if isinstance(value, str | int | float) else ""
    if not text:
        tell("title", f"is missing, and {UNTITLED} now")
    elif len(text) > MAX_TITLE:
        tell("title", f"is cut after {MAX_TITLE} characters")
    return text[:MAX_TITLE] or UNTITLED


def _priority(value: Any, tell: Tell) -> str | None:
    given = name_of(value)
    word = "" if given is None else given.strip().lower()
    if word in _WORDS:
        return _WORDS[word]
    if value is not None and word not in _NONE:
        tell("priority", f"{str(value)[:60]!r} is left out, as it is neither high, medium nor low")
    return None


def name_of(value: Any) -> str | None:
    """What an entry is called, which may be a text, or an object with a name."""
    if isinstance(value, dict):
        value = next((value[name] for name in _NAMES if isinstance(value.get(name), str)), None)
    return value if isinstance(value, str) else None


def _labels(value: Any, tell: Tell) -> Iterator[str]:
    found: dict[str, None] = {}
    for place, one in enumerate(_list(value, "labels", tell)):
        name = (name_of(one) or "").strip()
        if not name:
            tell(f"labels.{place}", "is left out, as it has no name")
            continue
        if len(name) > MAX_NAME:
            tell(f"labels.{place}", f"is cut after {MAX_NAME} characters")
        found.setdefault(name[:MAX_NAME].strip())
    if len(found) > MAX_LABELS:
        tell("labels", f"only the first {MAX_LABELS} of {len(found)} are kept")
    yield from list(found)[:MAX_LABELS]


def _steps(value: Any, tell: Tell) -> Iterator[dict[str, Any]]:
    steps = _list(value, "checklist", tell)
    if len(steps) > MAX_CHECKLIST:
        tell("checklist", f"only the first {MAX_CHECKLIST} of {len(steps)} steps are kept")
    for place, one in enumerate(steps[:MAX_CHECKLIST]):
        title = (name_of(one) or "").strip()
        if not title:
            tell(f"checklist.{place}", "is left out, as it has no title")
            continue
        if len(title) > MAX_TITLE:
            tell(f"checklist.{place}.title", f"is cut after {MAX_TITLE} characters")
        yield {"title": title[:MAX_TITLE], "done": isinstance(one, dict) and one.get("done") is True}


def _list(value: Any, place: str, tell: Tell) -> Sequence[Any]:
    if isinstance(value, list):
        return value
    if value is not None:
        tell(place, "is left out, as it is no list")
    return ()


def _valid(card: Card, tell: Tell) -> Card:
    """A card without what an import would refuse: an entry of a list alone, or else a field."""
    while problems := _problems(card):
        wrong: dict[tuple[str, int | None], str] = {}
        for problem in problems:
            name, _, rest = problem["field"].partition(".")
            place = rest.partition(".")[0]
            in_list = place.isdecimal() and isinstance(card.get(name), list)
            wrong.setdefault((name, int(place) if in_list else None), problem["message"])
        for (name, number), message in wrong.items():
            change = f"is {UNTITLED} now" if name == "title" else "is left out"
            tell(name if number is None else f"{name}.{number}", f"{change}, as it {message}")
        for name in {name for name, _ in wrong}:
            numbers = {number for one, number in wrong if one == name}
            if name == "title":
                card[name] = UNTITLED
            elif None in numbers:
                del card[name]
            else:
                card[name] = [one for number, one in enumerate(card[name]) if number not in numbers]
    return card


def _problems(card: Card) -> list[dict[str, str]]:
    try:
        read_input(ImportedCard, card)
    except BadUserInput as error:
        found: Any = error.details["problems"]
        return list(found)
    return []


def _point(card: Card, columns: int, fields: set[Any], tell: Tell) -> None:
    """Take out what points to a column or a custom field that the file has not."""
    if card.get("columnIndex") is not None and card["columnIndex"] >= columns:
        tell("columnIndex", "is left out, as it points to no column")
        card["columnIndex"] = None
    values = card.get("customFields", [])
    kept: list[Any] = []
    for place, value in enumerate(values):
        if value["field"] not in fields:
            tell(f"customFields.{place}", "is left out, as it is of no field of the project")
        elif isinstance(value["value"], str) and not _is_text(value["value"]):
            tell(f"customFields.{place}", "is left out, as it is no text that can be stored")
        else:
            kept.append(value)
    card["customFields"] = kept


def _is_text(value: str) -> bool:
    try:
        check_text(value, field="")
    except BadUserInput:
        return False
    return True


def _label(card: Card, names: set[str], tell: Tell) -> None:
    """Count the labels of the project, and take out those beyond their number."""
    kept: list[str] = []
    for name in card["labels"]:
        if name in names or len(names) < MAX_PROJECT_LABELS:
            names.add(name)
            kept.append(name)
    if len(kept) < len(card["labels"]):
        tell("labels", f"some are left out, as a project has at most {MAX_PROJECT_LABELS} labels")
    card["labels"] = kept
