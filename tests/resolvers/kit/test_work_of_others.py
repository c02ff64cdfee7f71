"""What an operation makes or takes away that another one is for: an agent needs leave for that one too."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import resolvers.catalogue
from resolvers.kit.operation import CATALOGUE, Caller, Operation
from tests.rules.code import FunctionDef, Named, decorator, product

assert resolvers.catalogue  # every operation is in it

VERBS = {
    "Added": "Add",
    "Archived": "Archive",
    "Created": "Create",
    "Deleted": "Delete",
    "Linked": "Link",
    "Moved": "Move",
    "Removed": "Remove",
    "Unlinked": "Unlink",
}
"""What an event is called by, and the operation that it is of: `LabelCreated` is `labelCreate`'s. What is updated has
many operations for its fields, each of which is one of its own."""

EDITS_CARD = frozenset({"cardMove", "cardArchive"})
"""What `edit_card` tells of where the column or the archive differs, which these never give it."""
ONES_OWN = {
    # Who makes a thing is its first member.
    "organizationCreate": {"organizationMemberAdd"},
    "projectCreate": {"projectMemberAdd"},
    "teamCreate": {"teamMemberAdd"},
    # Who was invited joins what the invitation says.
    "invitationAccept": {"organizationMemberAdd", "projectMemberAdd", "teamMemberAdd"},
    "organizationInvitationAccept": {"organizationMemberAdd", "projectMemberAdd", "teamMemberAdd"},
    # A queue comes to be with the first job or schedule that is sent to it.
    "jobSubmit": {"queueCreate"},
    "scheduleSubmit": {"queueCreate"},
    # What goes with what it is in.
    "organizationDelete": {"workspaceDelete"},
    "organizationMemberRemove": {"workspaceMemberRemove", "teamMemberRemove"},
    # A draft has columns and cards alone of what an import may hold.
    "projectDraftExecute": {
        "scopeCreate",
        "labelCreate",
        "customFieldCreate",
        "documentCreate",
        "documentLink",
        "relationCreate",
        "projectMemberAdd",
    },
    # The reader that asks the model, made once in a workspace.
    "projectDraftGenerateRoadmap": {"organizationMemberAdd", "agentCreate"},
    "projectDraftRefine": {"organizationMemberAdd", "agentCreate"},
    # The agent of a workspace that works on its cards, made once.
    "missionRetry": {"organizationMemberAdd", "agentCreate"},
    # A text alone.
    "documentRestoreVersion": {"documentMove"},
    # A template is made of a project by this one alone.
    "templateCreateFromProject": {"templateCreate"},
    **dict.fromkeys(
        (
            "cardActivate",
            "cardComplete",
            "cardCredentialSet",
            "cardCustomFieldsSet",
            "cardLabelAdd",
            "cardLabelRemove",
            "cardMove",
            "cardArchive",
            "cardPipelineSet",
            "cardRevise",
            "checklistItemAdd",
            "checklistItemConvert",
            "checklistItemMove",
            "checklistItemRemove",
            "checklistItemUpdate",
        ),
        EDITS_CARD,
    ),
}
"""What is no other operation's work, though it is told of as such, and why."""


def test_what_does_the_work_of_another_operation_says_so() -> None:
    missing = {
        name: others
        for name, operation in CATALOGUE.items()
        if operation.caller is Caller.SIGNED_IN and not operation.read_only
        if (others := _work(operation) - {name} - _said(operation) - ONES_OWN.get(name, set()))
    }

    assert missing == {}


def test_what_is_said_to_be_done_is_an_operation() -> None:
    assert set().union(*map(_said, CATALOGUE.values())) <= CATALOGUE.keys()


def test_an_exception_is_kept_only_as_long_as_it_is_one() -> None:
    held = {name: others & _work(CATALOGUE[name]) for name, others in ONES_OWN.items()}

    assert [name for name, others in held.items() if not others] == []


def _said(operation: Operation) -> set[str]:
    return {*operation.includes, *(other for others in operation.also.values() for other in others)}


@cache
def _work(operation: Operation) -> set[str]:
    """The operations whose events its function reaches, as it is written."""
    told = re.compile(rf"(\w+?)({'|'.join(VERBS)})")
    found = (told.fullmatch(event) for event in _events(Named(operation.body.__module__, operation.body.__name__)))
    names = {f"{event[1][0].lower()}{event[1][1:]}{VERBS[event[2]]}" for event in found if event is not None}
    return names & CATALOGUE.keys()


def _events(start: Named) -> Iterator[str]:
    seen: set[Named] = set()
    pending = [start]
    while pending:
        named = pending.pop()
        if named in seen:
            continue
        seen.add(named)
        if named.module.startswith("realtime.events."):
            yield named.name
        elif named == start or not _is_operation(named):
            pending += _uses(named)


def _is_operation(named: Named) -> bool:
    function = product().function(named)
    return isinstance(function, FunctionDef) and decorator(function, "operation") is not None


@cache
def _uses(named: Named) -> frozenset[Named]:
    """What of the product stands in a function, or a class."""
    code = product()
    module = code.modules.get(named.module)
    told = [] if module is None else module.inside.get(named.name, [])
    names = (code.named(module, name) for name in told if module and isinstance(name, ast.Name | ast.Attribute))
    return frozenset(name for name in names if name is not None)
