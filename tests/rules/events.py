"""Nothing is appended to the log of events but by an operation that says so, or by one of the workers named here."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tests.rules.code import Code, Module, Named, Told, decorator

WRITERS = re.compile(r"(^|[._])(ctx|context|log)(\(.*\))?$")
"""What a change is written by: a context, the log, or what makes one."""
WRITES = frozenset({"write", "write_as", "aside"})
HOME = ("realtime.", "resolvers.kit.context")
"""Where writing is made possible."""
WORKERS = frozenset(
    {
        # The agent that a token of the environment is, made when it is first used.
        Named("agents.server.operator_token", "OperatorToken"),
        # An application that comes with what a person gave it: the code or the token says whose it is.
        Named("agents.oauth.protocol", "Provider"),
        Named("resolvers.automation.follow", "Automations"),
        Named("resolvers.automation.trim", "trim_traces"),
        *(Named("agents.runtime.child.turn", name) for name in ("ask", "_insist", "_key", "Speech")),
        Named("agents.runtime.child.loop", "Loop"),
        *(Named("agents.runtime.child.talk", name) for name in ("Talk", "TalkWrites")),
        Named("agents.runtime.child.told", "call_of"),
        Named("agents.runtime.child.runner", "Runner"),
        Named("agents.runtime.child.telemetry", "agent_span"),
        Named("agents.runtime.child.writes", "Writes"),
        # Another token in place of one that ends, for whoever signs in with it just then.
        Named("resolvers.credential.token", "_renewed"),
        # What is bought by itself, paid once it is due.
        Named("resolvers.billing.top_up", "pay_due"),
        Named("resolvers.deletion.run", "Worker"),
        Named("resolvers.discovery.due", "run_due_engines"),
        Named("resolvers.job.due", "run_due"),
        Named("resolvers.mission.lease", "end_lapsed"),
        Named("resolvers.mission.served", "begin_served"),
        Named("resolvers.mission.trim", "trim_reports"),
        Named("resolvers.notification.follow", "follow_some"),
        Named("resolvers.notification.trim", "trim_some"),
        # Asked by every operation of the catalogue that an agent calls.
        Named("resolvers.proposal.gate", "gate"),
        Named("resolvers.pipeline.advance", "advance_some"),
        Named("resolvers.plugin.follow", "deliver_some"),
        Named("resolvers.plugin.remote_work", "carry_out"),
        Named("resolvers.proposal.trim", "expire_proposals"),
        Named("resolvers.proposal.trim", "trim_proposals"),
        *(Named("resolvers.script.carry", name) for name in ("carry_out", "end_lost")),
        Named("resolvers.transfer.run", "Worker"),
        Named("resolvers.worktree.sweep", "delete_finished"),
        Named("resolvers.installation.backup_work", "end_backup"),
        Named("resolvers.installation.backup_work", "prune_backups"),
        # The command `orrery admin grant`, of whoever holds the data folder.
        Named("resolvers.installation.installation", "grant_server_role"),
        # The command `orrery import`, whose caller is asked as in an operation.
        Named("resolvers.transfer.transfer", "import_in_parts"),
    }
)
"""What goes on with changes that were asked for before, in its own time."""


@dataclass(frozen=True, slots=True)
class Append:
    """A function, or a class, that events come from and that is no operation."""

    file: str
    line: int
    name: str
    why: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: {self.name} appends events as {self.why}: have an operation of the catalogue "
            "call it, or name the worker that it is in tests/rules/events.py"
        )


@dataclass(frozen=True, slots=True)
class Unit:
    """A function or a class at the top of a module."""

    module: Module
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

    @property
    def named(self) -> Named:
        return Named(self.module.name, self.node.name)

    @property
    def inside(self) -> list[Told]:
        return self.module.inside[self.node.name]


def appends(code: Code, workers: frozenset[Named] = WORKERS) -> list[Append]:
    """Where events are appended outside an operation; a change by hand, and a write of events, as well."""
    units, used_by = _uses_of(code)
    pending = [unit.named for unit in units.values() if _writes(unit)]
    writing: set[Named] = set()
    found: list[Append] = [by_hand for unit in units.values() for by_hand in _by_hand(unit)]
    while pending:
        named = pending.pop()
        if named in writing or named in workers or named not in units:
            continue
        writing.add(named)
        unit, users = units[named], used_by.get(named, set()) - {named}
        kind = _kind(unit)
        if kind == "operation":
            continue
        if kind or unit.module.name.split(".")[0] != "resolvers" or not users:
            found.append(_append(unit, unit.node, kind or "a function that no operation calls"))
        else:
            pending += users
    return sorted(found, key=lambda append: (append.file, append.line))


@lru_cache(maxsize=4)
def _uses_of(code: Code) -> tuple[dict[Named, Unit], dict[Named, set[Named]]]:
    """All functions and classes; and by which of them each is used."""
    units = {unit.named: unit for unit in _units(code)}
    used_by: dict[Named, set[Named]] = {}
    for unit in units.values():
        for used in _uses(code, unit):
            used_by.setdefault(used, set()).add(unit.named)
    return units, used_by


def _units(code: Code) -> Iterator[Unit]:
    for module in code.modules.values():
        if not module.name.startswith(HOME):
            yield from (Unit(module, node) for node in (*module.functions.values(), *module.classes.values()))


def _uses(code: Code, unit: Unit) -> set[Named]:
    """What stands in it of other functions and classes, called or handed on."""
    names = (node for node in unit.inside if isinstance(node, ast.Name | ast.Attribute))
    return {named for name in names if (named := code.named(unit.module, name)) is not None}


def _writes(unit: Unit) -> bool:
    return any(
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in WRITES
        and WRITERS.search(ast.unparse(call.func.value)) is not None
        for call in unit.inside
    )


def _by_hand(unit: Unit) -> Iterator[Append]:
    """A `Change` that no writer made, and events that no writer numbered."""
    for call in unit.inside:
        match call:
            case ast.Call(func=ast.Name(id="Change")):
                yield _append(unit, call, "a change by hand")
            case ast.Call(
                func=ast.Attribute(attr=str(name), value=ast.Call(func=ast.Name(id="collection"), args=[kept]))
            ):
                if ast.unparse(kept) == "LoggedEvent" and name.startswith(("insert", "update", "bulk", "replace")):
                    yield _append(unit, call, "a write of events by hand")


def _kind(unit: Unit) -> str | None:
    """What somebody calls it as: an operation that writes, or something that must not."""
    if isinstance(unit.node, ast.ClassDef):
        return None
    if decorator(unit.node, "edge"):
        return "an edge"
    entry = decorator(unit.node, "operation")
    if entry is None:
        return None
    reads = any(keyword.arg == "read_only" and ast.unparse(keyword.value) == "True" for keyword in entry.keywords)
    return "an operation that says `read_only`" if reads else "operation"


def _append(unit: Unit, node: ast.AST, why: str) -> Append:
    return Append(unit.module.file, getattr(node, "lineno", 0), unit.node.name, why)
