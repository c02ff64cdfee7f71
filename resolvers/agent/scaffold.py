"""The files that a new agent begins with: who it is, what its machine runs, and when. They hold no token."""

import plistlib
import shlex
from collections.abc import Mapping

from models.records import AgentRecord

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


def folder_of(agent: AgentRecord) -> str:
    """Where its files are, among those of the workspace."""
    return f"agents/{agent['slug']}"


def files_of(agent: AgentRecord, identity: str | None) -> Mapping[str, str]:
    """The texts of its files, by their names. `identity` says who it is, as Markdown."""
    return {
        SOUL: identity or _soul(agent),
        "run.sh": _SCRIPT.format(id=agent["_id"], slug=agent["slug"], folder=_machine_folder(agent)),
        f"orrery.{agent['slug']}.plist": _plist(agent),
    }


def _soul(agent: AgentRecord) -> str:
    told = [f"# {agent['name']}", f"You are {agent['name']}."]
    told += [f"Your role: {agent['role']}."] if agent["role"] else []
    told += [agent["description"]] if agent["description"] else []
    return "\n\n".join(told) + "\n"


def _plist(agent: AgentRecord) -> str:
    """What has launchd run its script, on its own machine."""
    script = f"{agent['workspace_path'] or '.'}/run.sh"
    job = {"Label": f"orrery.{agent['slug']}", "ProgramArguments": ["/bin/sh", script], "RunAtLoad": True}
    interval = agent["interval_seconds"]
    return plistlib.dumps(job if interval is None else {**job, "StartInterval": interval}).decode()


def _machine_folder(agent: AgentRecord) -> str:
    return shlex.quote(agent["workspace_path"] or ".")
