"""A client as small as it can be: it keeps a snapshot and follows the events, by what those carry alone."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from pydantic.alias_generators import to_camel, to_pascal
from typing_extensions import is_typeddict

from realtime.events import EVENTS, Shown
from tests.gateway.lab import JSON
from tests.gateway.replay.nouns import BELOW_PARENT, FRAGMENTS, KEPT

State = dict[str, dict[str, JSON]]
"""By noun, then by key: objects whose references are ids."""

OUTLIVING = ("Mission", "ProjectDraft", "TransferJob")
"""What names a project, and does not go with it."""

Rule = tuple[str, Callable[[State, JSON], None]]
"""What is selected of an event, and what it does to the state."""


def state_of(snapshot: Mapping[str, Any] | None) -> State:
    """The state that a snapshot of the graph tells."""
    state: State = {}
    _enter(state, snapshot or {}, None)
    return state


def follow(state: State, events: Iterable[JSON]) -> State:
    """The state after some events."""
    after = deepcopy(state)
    for event in events:
        rule = RULES[event["__typename"]]
        rule[1](after, event)
    return {noun: kept for noun, kept in after.items() if kept}


def subscription(root: str, arguments: Mapping[str, str], types: Iterable[str]) -> str:
    """The subscription to a root field that selects of each type what its rule needs."""
    parts = " ".join(f"... on {name} {{ {RULES[name][0]} }}" for name in types)
    given = ", ".join(f"{name}: ${name}" for name in arguments)
    declared = ", ".join(f"${name}: {type_}" for name, type_ in arguments.items())
    used = [text for name, text in FRAGMENTS.items() if f"...{name}Fields" in parts]
    body = f"{root}({given}) {{ __typename ... on Event {{ cursor at }} {parts} }}"
    return "\n".join([f"subscription ({declared}) {{ {body} }}", *used])


def _enter(state: State, value: Any, parent: str | None) -> None:
    """Walk a part of the answer: whatever has fields of a noun is an object of it, and what is below are others."""
    if isinstance(value, list):
        for one in value:
            _enter(state, one, parent)
    elif isinstance(value, dict):
        noun = value.get("__typename")
        if noun is not None:
            _put(state, noun, value, parent)
        for below in value.values():
            _enter(state, below, value.get("id") if noun is not None else parent)


def _put(state: State, noun: str, value: JSON, parent: str | None = None) -> None:
    kept = {name: _plain(one) for name, one in value.items() if name in KEPT[noun]}
    key = kept["id"] if "id" in kept else (kept["user"] if isinstance(kept["user"], str) else kept["user"]["id"])
    if noun in BELOW_PARENT:
        kept["parent"] = parent
        key = f"{parent} {key}"
    state.setdefault(noun, {})[key] = kept


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"nodes"}:
            return sorted(map(_plain, value["nodes"]))
        return value["id"] if value.keys() == {"id"} else {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


def _nothing(_state: State, _event: JSON) -> None:
    return None


def _put_under(field: str, noun: str) -> Rule:
    """An event that carries an object as it is then."""
    return f"{field} {{ ...{noun}Fields }}", lambda state, event: _put(state, noun, event[field])


def _gone(field: str, noun: str) -> Rule:
    """An event that names what was deleted."""
    return field, lambda state, event: _take(state, noun, event[field])


def _take(state: State, noun: str, key: str) -> None:
    state.get(noun, {}).pop(key, None)


def _everywhere(state: State, noun: str, field: str, gone: str) -> None:
    """What pointed at something that is gone points nowhere."""
    for one in state.get(noun, {}).values():
        if one[field] == gone:
            one[field] = None


def _below(state: State, noun: str, field: str, gone: str) -> list[str]:
    """The keys of what names something that is gone."""
    return [key for key, one in state.get(noun, {}).items() if one[field] == gone]


def _take_below(state: State, field: str, gone: str, *nouns: str) -> None:
    for noun in nouns:
        for key in _below(state, noun, field, gone):
            _take(state, noun, key)


def _card_gone(state: State, card: str) -> None:
    """What stands below something that is gone is gone too, whether its own event has come or not."""
    _take(state, "Card", card)
    _everywhere(state, "Mission", "card", card)
    _take_below(state, "card", card, "Comment", "Attachment", "Worktree")
    for end in ("source", "target"):
        _take_below(state, end, card, "Relation")
    for document in state.get("Document", {}).values():
        document["linkedCards"] = [one for one in document["linkedCards"] if one != card]


def _document_gone(state: State, document: str) -> None:
    _take(state, "Document", document)
    for child in _below(state, "Document", "parent", document):
        _document_gone(state, child)


def _board_gone(state: State, field: str, gone: str) -> None:
    for card in _below(state, "Card", field, gone):
        _card_gone(state, card)
    for document in _below(state, "Document", field, gone) if field != "column" else ():
        _document_gone(state, document)


def _card_deleted(state: State, event: JSON) -> None:
    _card_gone(state, event["cardId"])


def _document_deleted(state: State, event: JSON) -> None:
    _document_gone(state, event["documentId"])


def _column_deleted(state: State, event: JSON) -> None:
    _take(state, "Column", event["columnId"])
    _board_gone(state, "column", event["columnId"])


def _column_cleaned(state: State, event: JSON) -> None:
    _board_gone(state, "column", event["columnId"])


def _scope_deleted(state: State, event: JSON) -> None:
    _take(state, "Scope", event["scopeId"])
    _take_below(state, "scope", event["scopeId"], "Column")
    _board_gone(state, "scope", event["scopeId"])


def _project_deleted(state: State, event: JSON) -> None:
    project = event["projectId"]
    _take(state, "Project", project)
    _board_gone(state, "project", project)
    for script in _below(state, "Script", "project", project):
        _take_below(state, "script", script, "ScriptRun")
    inside = [noun for noun, kept in KEPT.items() if "project" in kept and noun not in OUTLIVING]
    _take_below(state, "project", project, *inside)
    _take_below(state, "parent", project, "ProjectMember")
    for noun in OUTLIVING:
        _everywhere(state, noun, "project", project)


def _label_deleted(state: State, event: JSON) -> None:
    _take(state, "Label", event["labelId"])
    for card in state.get("Card", {}).values():
        card["labels"] = [one for one in card["labels"] if one != event["labelId"]]


def _discovery_engine_deleted(state: State, event: JSON) -> None:
    _take(state, "DiscoveryEngine", event["discoveryEngineId"])
    _everywhere(state, "Mission", "engine", event["discoveryEngineId"])


def _skill_deleted(state: State, event: JSON) -> None:
    _take(state, "Skill", event["skillId"])
    for agent in state.get("Agent", {}).values():
        agent["skills"] = [skill for skill in agent["skills"] if skill != event["skillId"]]


def _cards_ranked(state: State, event: JSON) -> None:
    for one in event["ranks"]:
        if card := state.get("Card", {}).get(one["cardId"]):
            card["rank"] = one["rank"]


def _comment_added(state: State, event: JSON) -> None:
    _put(state, "Comment", event["comment"])
    _count_comments(state, event["comment"]["card"]["id"], event)


def _comment_deleted(state: State, event: JSON) -> None:
    _take(state, "Comment", event["commentId"])
    _count_comments(state, event["cardId"], event)


def _count_comments(state: State, card_id: str, event: JSON) -> None:
    if card := state.get("Card", {}).get(card_id):
        card["commentCount"] = event["commentCount"]


def _attachment_added(state: State, event: JSON) -> None:
    _put(state, "Attachment", event["attachment"])
    _count_attachments(state, event["attachment"]["card"]["id"], event)


def _attachment_deleted(state: State, event: JSON) -> None:
    _take(state, "Attachment", event["attachmentId"])
    _count_attachments(state, event["cardId"], event)


def _count_attachments(state: State, card_id: str, event: JSON) -> None:
    if card := state.get("Card", {}).get(card_id):
        card["attachmentCount"] = event["attachmentCount"]


def _project_member_added(state: State, event: JSON) -> None:
    _put(state, "ProjectMember", event["member"], event["projectId"])


def _project_member_removed(state: State, event: JSON) -> None:
    _take(state, "ProjectMember", f"{event['projectId']} {event['userId']}")


def _activity_added(state: State, event: JSON) -> None:
    _put(state, "Mission", event["mission"])
    _put(state, "MissionActivity", event["activity"], event["mission"]["id"])


def _read(state: State, event: JSON) -> None:
    for key, notification in state.get("Notification", {}).items():
        if key in event["ids"] or (event["all"] and notification["readAt"] is None):
            notification["readAt"] = event["at"]


def _notifications_deleted(state: State, event: JSON) -> None:
    for one in event["ids"]:
        _take(state, "Notification", one)


def _script_run_changed(state: State, event: JSON) -> None:
    run = event["scriptRun"]
    _take_below(state, "script", run["script"]["id"], "ScriptRun")
    _put(state, "ScriptRun", run)


def _script_output_added(state: State, event: JSON) -> None:
    if run := state.get("ScriptRun", {}).get(event["scriptRunId"]):
        run["tail"] = (run["tail"] + event["text"]).encode()[-8192:].decode(errors="ignore")


def _script_deleted(state: State, event: JSON) -> None:
    _take(state, "Script", event["scriptId"])
    _take_below(state, "script", event["scriptId"], "ScriptRun")


def _job_changed(state: State, event: JSON) -> None:
    """What its queue counts follows from its jobs."""
    job = event["job"]
    if job["queue"] is not None:
        _put(state, "Queue", job["queue"])
        _put(state, "Job", {**job, "queue": {"id": job["queue"]["id"]}})


def _job_deleted(state: State, event: JSON) -> None:
    _take(state, "Job", event["jobId"])
    if event["fromQueue"] is not None:
        _put(state, "Queue", event["fromQueue"])


def _queue_deleted(state: State, event: JSON) -> None:
    _take(state, "Queue", event["queueId"])
    _take_below(state, "queue", event["queueId"], "Job", "Schedule")


def _custom_field_deleted(state: State, event: JSON) -> None:
    _take(state, "CustomField", event["customFieldId"])
    for card in state.get("Card", {}).values():
        _set_value(card, event["customFieldId"], None)


def _custom_values_changed(state: State, event: JSON) -> None:
    for one in event["changes"]:
        if card := state.get("Card", {}).get(one["cardId"]):
            _set_value(card, event["customFieldId"], one["value"])


def _set_value(card: JSON, field: str, value: Any) -> None:
    others = [one for one in card["customFields"] if one["field"] != field]
    card["customFields"] = others if value is None else [*others, {"field": field, "value": value}]


def _linked(state: State, event: JSON) -> None:
    if event["linkedDocument"] is None or event["linkedCard"] is None:
        return  # one of them is gone since, which a later event tells
    if document := state.get("Document", {}).get(event["linkedDocument"]["id"]):
        document["linkedCards"] = sorted({*document["linkedCards"], event["linkedCard"]["id"]})


def _unlinked(state: State, event: JSON) -> None:
    if document := state.get("Document", {}).get(event["documentId"]):
        document["linkedCards"] = [one for one in document["linkedCards"] if one != event["cardId"]]


def _plain_rules() -> Iterator[tuple[str, Rule]]:
    """What follows from how an event is declared: it carries an object as it is then, or the id of what is gone."""
    told = {name: event for name, event in EVENTS.items() if event.topics}
    for name, event in told.items():
        shown = {
            key: note.name or key
            for key, field in event.model_fields.items()
            for note in field.metadata
            if isinstance(note, Shown)
        }
        [first, *others] = shown or [""]
        if not others and to_pascal(first) in KEPT and is_typeddict(event.model_fields[first].annotation):
            yield name, _put_under(to_camel(first), to_pascal(first))
        elif "deleted_id" in shown and (noun := name.removesuffix("Deleted")) in KEPT:
            yield name, _gone(to_camel(shown["deleted_id"]), noun)


RULES: dict[str, Rule] = {
    **dict(_plain_rules()),
    "StreamReady": ("recovered", _nothing),
    "StreamLagged": ("dropped", _nothing),
    "WorkspaceMemberAdded": _put_under("member", "WorkspaceMember"),
    "WorkspaceMemberUpdated": _put_under("member", "WorkspaceMember"),
    "WorkspaceMemberRemoved": _gone("userId", "WorkspaceMember"),
    "TransferJobChanged": _put_under("job", "TransferJob"),
    "ProjectDeleted": ("projectId", _project_deleted),
    "ProjectMemberAdded": ("projectId member { ...ProjectMemberFields }", _project_member_added),
    "ProjectMemberUpdated": ("projectId member { ...ProjectMemberFields }", _project_member_added),
    "ProjectMemberRemoved": ("projectId userId", _project_member_removed),
    "ScopeDeleted": ("scopeId", _scope_deleted),
    "ColumnCleaned": ("columnId", _column_cleaned),
    "ColumnDeleted": ("columnId", _column_deleted),
    "LabelDeleted": ("labelId", _label_deleted),
    "DiscoveryEngineDeleted": ("discoveryEngineId", _discovery_engine_deleted),
    "SkillDeleted": ("skillId", _skill_deleted),
    "CardUpdated": _put_under("card", "Card"),
    "CardMoved": _put_under("card", "Card"),
    "CardArchived": _put_under("card", "Card"),
    "CardsRanked": ("ranks { cardId rank }", _cards_ranked),
    "CardDeleted": ("cardId", _card_deleted),
    "CommentAdded": ("commentCount comment { ...CommentFields }", _comment_added),
    "CommentDeleted": ("commentCount commentId cardId", _comment_deleted),
    "CustomFieldDeleted": ("customFieldId", _custom_field_deleted),
    "CustomFieldValuesChanged": ("customFieldId changes { cardId value }", _custom_values_changed),
    "RelationCreated": _put_under("relation", "Relation"),
    "DocumentUpdated": _put_under("document", "Document"),
    "DocumentMoved": _put_under("document", "Document"),
    "DocumentDeleted": ("documentId", _document_deleted),
    "DocumentLinked": ("linkedDocument { id } linkedCard { id }", _linked),
    "DocumentUnlinked": ("documentId cardId", _unlinked),
    "ScriptRunChanged": ("scriptRun { ...ScriptRunFields }", _script_run_changed),
    "ScriptOutputAdded": ("scriptRunId text", _script_output_added),
    "ScriptDeleted": ("scriptId", _script_deleted),
    "QueueCreated": ("queue { cursor ...QueueFields }", _put_under("queue", "Queue")[1]),
    "QueueUpdated": _put_under("queue", "Queue"),
    "QueueDeleted": ("queueId", _queue_deleted),
    "JobChanged": ("job { ...JobFields queue { ...QueueFields } }", _job_changed),
    "JobDeleted": ("jobId fromQueue { ...QueueFields }", _job_deleted),
    "AttachmentAdded": ("attachmentCount attachment { ...AttachmentFields }", _attachment_added),
    "AttachmentDeleted": ("attachmentCount attachmentId cardId", _attachment_deleted),
    "ChangelogEntryAdded": _put_under("changelogEntry", "ChangelogEntry"),
    "ChangelogEntryRemoved": _gone("changelogEntryId", "ChangelogEntry"),
    "ActivityRecorded": ("activity { id }", _nothing),
    "LogLineCreated": ("logLine { id }", _nothing),
    "CardSeen": ("cardId", _nothing),
    "PreferencesChanged": ("preferences { settings }", _nothing),
    "PanelStatesChanged": ("projectId", _nothing),
    "ConversationUpdated": ("conversation { id }", _nothing),
    "MessageAdded": ("message { id }", _nothing),
    "ProjectSeen": ("projectId", _nothing),
    "AutomationRan": ("trace { id }", _nothing),
    "MissionStatusChanged": _put_under("mission", "Mission"),
    "MissionActivityAdded": ("mission { ...MissionFields } activity { ...MissionActivityFields }", _activity_added),
    "NotificationsRead": ("ids all", _read),
    "NotificationsDeleted": ("ids", _notifications_deleted),
}
"""What a client does with each event: one that changes more than the object that it is about is an entry here."""
