"""The whole-data file of a Backlog.md folder: `{"tasks": […], "documents": […]}`.

| there | here |
| --- | --- |
| `status` | a column; the usual three first, others as they appear |
| `title`, `description`, `priority`, `archived`, `checklist`, `labels` | the same of the card |
| `key`, `assignees`, `milestone` | the custom fields Key, Assignees, Milestone: names there are no accounts here |
| `dependencies` | what is depended on blocks the card |
| `parent` | the parent's card is `parent_of` the card |
| `plan`, `notes` | a document that is linked to the card, below "Plans and notes" |
| `documents` | documents of the project, below one for each folder |
"""

from collections.abc import Sequence
from typing import Any

from resolvers.transfer.mend import UNTITLED, name_of

COLUMNS = ("To Do", "In Progress", "Done")
FIELDS = {"Key": "key", "Assignees": "assignees", "Milestone": "milestone"}
DOC_TYPES = {"decisions": "adr", "docs": "document"}
NOTES = "Plans and notes"
MAX_TITLE, MAX_NAME, MAX_DESCRIPTION, MAX_FIELD = 500, 100, 5_000, 500

Found = tuple[dict[str, Any], list[str]]


def convert(data: Any) -> Found:
    """The project's file, and what could not be kept; raises ValueError for a file of another shape."""
    if not isinstance(data, dict) or not _objects(data.get("documents", [])) or not _has_tasks(data.get("tasks")):
        raise ValueError("it must be an object with tasks and documents, which are lists of objects")
    warnings = [
        f"tasks.{place}: is no object" for place, task in enumerate(data["tasks"]) if not isinstance(task, dict)
    ]
    tasks = [item if isinstance(item, dict) else {} for item in data["tasks"]]
    columns = _columns(tasks)
    places: dict[str, int] = {}
    for place, task in enumerate(tasks):
        if _key(task) in places:
            warnings.append(f"tasks.{place}: the key {_key(task)} is taken; the first task of that key is related to")
        places.setdefault(_key(task), place)
    relations = [relation for place, task in enumerate(tasks) for relation in _relations(place, task, places, warnings)]
    folders = _folders(data.get("documents", []))
    file = {
        "format": "orrery.project",
        "version": 1,
        "project": {"name": "Backlog", "description": f"From {data['source']}" if data.get("source") else None},
        "columns": [{"name": name} for name in columns.values()],
        "customFields": [{"name": name, "type": "text"} for name in FIELDS],
        "cards": [_card(task, list(columns)) for task in tasks],
        "relations": relations,
        "documents": [*folders, *_notes(tasks, len(folders))],
    }
    return file, warnings


def _objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(element, dict) for element in value)


def _has_tasks(value: Any) -> bool:
    """Whether a value is a list of tasks; some may be odd, but not all."""
    return isinstance(value, list) and (not value or any(isinstance(element, dict) for element in value))


def _key(task: dict[str, Any]) -> str:
    return str(task.get("key", "")).upper()


def _columns(tasks: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Names of columns by the folded names of statuses."""
    names = [*COLUMNS, *(_status(task) for task in tasks)]
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.casefold(), name)
    return found


def _card(task: dict[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    fields = {name: task.get(source) for name, source in FIELDS.items()}
    texts = {name: ", ".join(map(str, value)) if isinstance(value, list) else value for name, value in fields.items()}
    return {
        "title": task.get("title"),
        "columnIndex": columns.index(_status(task).casefold()),
        "description": _text(task, "description")[:MAX_DESCRIPTION] or None,
        "priority": task.get("priority"),
        "archived": task.get("archived") is True,
        "checklist": task.get("checklist"),
        "labels": task.get("labels"),
        "customFields": [{"field": name, "value": str(text)[:MAX_FIELD]} for name, text in texts.items() if text],
    }


def _status(task: dict[str, Any]) -> str:
    return (name_of(task.get("status")) or COLUMNS[0])[:MAX_NAME]


def _text(task: dict[str, Any], name: str) -> str:
    return "" if task.get(name) is None else str(task[name])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _relations(place: int, task: dict[str, Any], places: dict[str, int], warnings: list[str]) -> list[dict[str, Any]]:
    wanted = [("blocks", item) for item in _listed(task.get("dependencies"))]
    wanted += [("parent_of", task["parent"])] if task.get("parent") else []
    found: list[dict[str, Any]] = []
    for kind, key in wanted:
        source = places.get(str(key).upper())
        if source is None:
            warnings.append(
                f"tasks.{place}: {key}, which {kind.replace('_', ' ')} {task.get('key')}, is not in the file"
            )
        else:
            found.append({"type": kind, "source": source, "target": place})
    return found


def _folders(documents: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A document for each folder, and those that it held below it."""
    kinds = list(dict.fromkeys(str(document.get("kind") or "docs") for document in documents))
    parents = [{"title": kind.replace("/", " / ").capitalize()[:MAX_TITLE]} for kind in kinds]
    return [*parents, *(_document(document, kinds) for document in documents)]


def _document(one: dict[str, Any], kinds: Sequence[str]) -> dict[str, Any]:
    kind = str(one.get("kind") or "docs")
    return {
        "title": (_text(one, "title").strip() or UNTITLED)[:MAX_TITLE],
        "docType": DOC_TYPES.get(kind, "reference"),
        "content": _text(one, "content"),
        "parentIndex": kinds.index(kind),
    }


def _notes(tasks: Sequence[dict[str, Any]], before: int) -> list[dict[str, Any]]:
    """One for each task with a plan, with notes, or with a description that no card holds whole."""
    found: list[dict[str, Any]] = []
    for place, task in enumerate(tasks):
        description = _text(task, "description")
        parts = {"Plan": task.get("plan"), "Notes": task.get("notes")}
        if len(description) > MAX_DESCRIPTION:
            parts = {"Description": description, **parts}
        text = "\n\n".join(f"## {name}\n\n{part}" for name, part in parts.items() if part)
        if text:
            title = f"{task.get('key')}: {task.get('title')}"[:MAX_TITLE]
            found.append(
                {"title": title, "docType": "note", "content": text, "parentIndex": before, "cardIndexes": [place]}
            )
    return [{"title": NOTES}, *found] if found else []
