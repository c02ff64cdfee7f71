"""What a new agent begins with: files on who it is, what its machine runs, and when, which hold no token; and what
starts it."""

import plistlib
import shlex
from collections.abc import Mapping, Sequence

from models.records import AgentRecord
from resolvers.inputs.agent_automation import AgentAutomationCreate

_SCRIPT = """#!/bin/sh
# A round of the agent: it gives a sign of life, asks whether there is anything to do, and works if there is.
# ORRERY_URL is the address of the interface, up to and with /api; ORRERY_TOKEN the token of the agent, and
# AGENT_COMMAND what works.
set -eu
: "${{ORRERY_URL:?}}" "${{ORRERY_TOKEN:?}}" "${{AGENT_COMMAND:?}}"
ask() {{ curl -fsS -H "Authorization: Bearer $ORRERY_TOKEN" "$@"; }}

ask -X PATCH -H 'Content-Type: application/json' -d '{{}}' "$ORRERY_URL/v1/public/agents/{id}" >/dev/null
answer=$(ask "$ORRERY_URL/agent-runs/idle-check?agent_name={slug}")
case $answer in
  *'"skip":true'*) exit 0 ;;
esac
cd {folder}
exec sh -c "$AGENT_COMMAND"
"""


SOUL = "SOUL.md"
"""What says who it is."""


def automations_of(agent: AgentRecord) -> Sequence[AgentAutomationCreate]:
    """What starts it: its script, and what has launchd run that."""
    about = {"workspace_id": agent["workspace_id"], "agent_id": agent["_id"]}
    script, plist = "run.sh", _plist_name(agent)
    folder = agent["workspace_path"] or folder_of(agent)
    return [
        AgentAutomationCreate.of(**about, name=script, type="script", path=f"{folder}/{script}"),
        AgentAutomationCreate.of(
            **about, name=plist, type="launchagent", path=f"{folder}/{plist}", label=_label(agent)
        ),
    ]


def folder_of(agent: AgentRecord) -> str:
    """Where its files are, among those of the workspace."""
    return f"agents/{agent['slug']}"


def files_of(agent: AgentRecord, identity: str | None) -> Mapping[str, str]:
    """The texts of its files, by their names. `identity` says who it is, as Markdown."""
    return {
        SOUL: identity or _soul(agent),
        "run.sh": _SCRIPT.format(id=agent["_id"], slug=agent["slug"], folder=_machine_folder(agent)),
        _plist_name(agent): _plist(agent),
    }


def _soul(agent: AgentRecord) -> str:
    told = [f"# {agent['name']}", f"You are {agent['name']}."]
    told += [f"Your role: {agent['role']}."] if agent["role"] else []
    told += [agent["description"]] if agent["description"] else []
    return "\n\n".join(told) + "\n"


def _label(agent: AgentRecord) -> str:
    """What launchd calls it."""
    return f"orrery.{agent['slug']}"


def _plist_name(agent: AgentRecord) -> str:
    return f"{_label(agent)}.plist"


def _plist(agent: AgentRecord) -> str:
    """What has launchd run its script, on its own machine."""
    script = f"{agent['workspace_path'] or '.'}/run.sh"
    job = {"Label": _label(agent), "ProgramArguments": ["/bin/sh", script], "RunAtLoad": True}
    interval = agent["interval_seconds"]
    return plistlib.dumps(job if interval is None else {**job, "StartInterval": interval}).decode()


def _machine_folder(agent: AgentRecord) -> str:
    return shlex.quote(agent["workspace_path"] or ".")
