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

COLUMNS = ("To Do", "In Progress", "Done")
FIELDS = {"Key": "key", "Assignees": "assignees", "Milestone": "milestone"}
DOC_TYPES = {"decisions": "adr", "docs": "document"}
PRIORITIES = ("low", "medium", "high")
NOTES = "Plans and notes"
MAX_DESCRIPTION, MAX_FIELD = 5_000, 500

Found = tuple[dict[str, Any], list[str]]


def convert(data: Any) -> Found:
    """The project's file, and what could not be kept; raises ValueError for a file of another shape."""
    if not isinstance(data, dict) or not _objects(data.get("tasks")) or not _objects(data.get("documents", [])):
        raise ValueError("it must be an object with tasks and documents, which are lists of objects")
    tasks, warnings = data["tasks"], list[str]()
    columns = _columns(tasks)
    places: dict[str, int] = {}
    for place, task in enumerate(tasks):
        if _key(task) in places:
            warnings.append(f"tasks.{place}: the key {_key(task)} is taken; the first task of that key is related to")
        places.setdefault(_key(task), place)
    relations = [one for place, task in enumerate(tasks) for one in _relations(place, task, places, warnings)]
    return {
        "format": "orrery.project",
        "version": 1,
        "project": {"name": "Backlog", "description": f"From {data['source']}" if data.get("source") else None},
        "columns": [{"name": name} for name in columns.values()],
        "customFields": [{"name": name, "type": "text"} for name in FIELDS],
        "cards": [_card(task, list(columns)) for task in tasks],
        "relations": relations,
        "documents": [*_folders(data.get("documents", [])), *_notes(tasks, len(_folders(data.get("documents", []))))],
    }, warnings


def _objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _key(task: dict[str, Any]) -> str:
    return str(task.get("key", "")).upper()


def _columns(tasks: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Names of columns by the folded names of statuses."""
    names = [*COLUMNS, *(str(task.get("status") or COLUMNS[0]) for task in tasks)]
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.casefold(), name)
    return found


def _card(task: dict[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    fields = {name: task.get(source) for name, source in FIELDS.items()}
    texts = {name: ", ".join(map(str, one)) if isinstance(one, list) else one for name, one in fields.items()}
    steps = task.get("checklist") or []
    return {
        "title": task.get("title"),
        "columnIndex": columns.index(str(task.get("status") or COLUMNS[0]).casefold()),
        "description": (task.get("description") or "")[:MAX_DESCRIPTION] or None,
        "priority": task.get("priority") if task.get("priority") in PRIORITIES else None,
        "archived": task.get("archived") is True,
        "checklist": [{"title": step.get("title"), "done": step.get("done") is True} for step in steps],
        "labels": list(dict.fromkeys(task.get("labels") or [])),
        "customFields": [{"field": name, "value": str(text)[:MAX_FIELD]} for name, text in texts.items() if text],
    }


def _relations(place: int, task: dict[str, Any], places: dict[str, int], warnings: list[str]) -> list[dict[str, Any]]:
    wanted = [("blocks", one) for one in task.get("dependencies") or []]
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
    kinds = list(dict.fromkeys(str(one.get("kind") or "docs") for one in documents))
    parents = [{"title": kind.replace("/", " / ").capitalize()} for kind in kinds]
    return [*parents, *(_document(one, kinds) for one in documents)]


def _document(one: dict[str, Any], kinds: Sequence[str]) -> dict[str, Any]:
    kind = str(one.get("kind") or "docs")
    return {
        "title": one.get("title"),
        "docType": DOC_TYPES.get(kind, "reference"),
        "content": one.get("content") or "",
        "parentIndex": kinds.index(kind),
    }


def _notes(tasks: Sequence[dict[str, Any]], before: int) -> list[dict[str, Any]]:
    """One for each task with a plan, with notes, or with a description that no card holds whole."""
    found: list[dict[str, Any]] = []
    for place, task in enumerate(tasks):
        description = task.get("description") or ""
        parts = {"Plan": task.get("plan"), "Notes": task.get("notes")}
        if len(description) > MAX_DESCRIPTION:
            parts = {"Description": description, **parts}
        text = "\n\n".join(f"## {name}\n\n{part}" for name, part in parts.items() if part)
        if text:
            title = f"{task.get('key')}: {task.get('title')}"[:500]
            found.append(
                {"title": title, "docType": "note", "content": text, "parentIndex": before, "cardIndexes": [place]}
            )
    return [{"title": NOTES}, *found] if found else []
