"""The groups of operations that agents are given, and that policies name."""

import functools
from collections.abc import Mapping, Sequence

from models.enums import Verdict
from models.errors import BadUserInput
from resolvers.kit.operation import CATALOGUE, Operation
from resolvers.kit.tool import tool_name

EVERYTHING = "*"

_AREAS: Mapping[str, str] = {
    "resolvers.account": "account",
    "resolvers.activity": "workspace",
    "resolvers.activity.log_line": "logs",
    "resolvers.agent": "agents",
    "resolvers.attachment": "cards",
    "resolvers.card": "cards",
    "resolvers.card.comment": "comments",
    "resolvers.changelog": "board",
    "resolvers.column": "board",
    "resolvers.custom_field": "board",
    "resolvers.discovery": "agents",
    "resolvers.document": "documents",
    "resolvers.figures": "board",
    "resolvers.filing": "cards",
    "resolvers.installation": "account",
    "resolvers.invitation": "workspace",
    "resolvers.member": "workspace",
    "resolvers.mission": "missions",
    "resolvers.node": "board",
    "resolvers.notification": "account",
    "resolvers.organization": "workspace",
    "resolvers.overview": "workspace",
    "resolvers.preferences": "account",
    "resolvers.pilotage": "pilotage",
    "resolvers.plugin.remote": "remote_tools",
    "resolvers.project": "board",
    "resolvers.relation": "cards",
    "resolvers.search": "board",
    "resolvers.subscribe": "board",
    "resolvers.team": "workspace",
    "resolvers.template": "board",
    "resolvers.transfer": "board",
    "resolvers.transfer.draft": "project_drafts",
    "resolvers.user": "account",
    "resolvers.workspace": "workspace",
    "resolvers.workspace_file": "files",
}
"""What the operations of a package, or of a module of it, are about. Of another package it is what that is called."""
_READ_WITH: Mapping[str, str] = {"cards": "board", "comments": "board"}
"""What nobody reads without the board that it is on."""
_READERS: Mapping[str, str] = {
    "AGENT": "agents",
    "AGENT_AUTOMATION": "agents",
    "AGENT_TEMPLATE": "agents",
    "DISCOVERY_ENGINE": "agents",
    "DOCUMENT": "documents",
    "DOCUMENT_VERSION": "documents",
    "LOG_LINE": "logs",
    "MISSION": "missions",
    "MISSION_ACTIVITY": "missions",
    "REMOTE_CALL": "remote_tools",
    "WORKSPACE_FILE": "files",
}
"""What those read that are made alike for every noun (`reader`), by its kind; others are read with the board."""

DEFAULT_TOOLS: Sequence[str] = (
    "read_board",
    "read_documents",
    "read_files",
    "read_missions",
    "read_agents",
    "read_pilotage",
    "read_workspace",
    "read_account",
    "read_automations",
    "read_pipelines",
    "read_project_drafts",
    "read_proposals",
    "read_remote_tools",
    "read_skills",
    "write_board",
    "write_cards",
    "write_comments",
    "write_documents",
    "write_files",
    "write_missions",
    "write_pilotage",
    "write_project_drafts",
    "write_proposals",
    "write_remote_tools",
)
"""What an agent is given where nobody says: the work of a workspace, not who is in it, nor its agents."""


@functools.cache
def group_of(operation: Operation) -> str:
    """The group of an operation: `read_board`, `write_cards`."""
    area = _area(operation)
    return f"read_{_READ_WITH.get(area, area)}" if operation.read_only else f"write_{area}"


def names_of(operation: Operation) -> Sequence[str]:
    """What lists of tools and policies may call an operation, the most particular first."""
    tool = tool_name(operation)
    return (*([] if tool is None else [tool]), operation.name, group_of(operation), EVERYTHING)


def operation_called(tool: str) -> str | None:
    """The operation that a tool runs, called by its own name or as agents call it; None for what is no tool."""
    return _tools().get(tool)


def check_policy(policy: Mapping[str, Verdict] | None, field: str) -> None:
    """Raise BadUserInput where a policy names what is no tool, operation or group: it would hold nobody back."""
    if unknown := [name for name in policy or () if name not in _known()]:
        raise BadUserInput(f"names {unknown[0]}, which is no tool and no group of them", field=field)


@functools.cache
def _tools() -> Mapping[str, str]:
    """The operations that are tools, by both of their names."""
    named = [(tool_name(entry), name) for name, entry in CATALOGUE.items()]
    return {called: name for tool, name in named if tool is not None for called in (tool, name)}


@functools.cache
def _known() -> frozenset[str]:
    return frozenset(name for operation in CATALOGUE.values() for name in names_of(operation)).union(DEFAULT_TOOLS)


def _area(operation: Operation) -> str:
    module = operation.body.__module__
    if module == Operation.__module__ and operation.door is not None:
        return _READERS.get(operation.door.noun.kind.name, "board")
    package = ".".join(module.split(".")[:2])
    return _AREAS.get(module) or _AREAS.get(package) or f"{package.rpartition('.')[2]}s"
