"""An import through a running gateway: in one request, or by a job that the gateway goes on with."""

import io
import json
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from gateway.cli.console import CommandError, Steps

if TYPE_CHECKING:
    from gateway.client import Client

MAX_AT_ONCE = 8 * 1024 * 1024
AT_ONCE = {"columns": 50, "cards": 500, "scopes": 100, "relations": 10_000, "documents": 500}
"""What a gateway imports in one request; more takes a job."""
POLL_SECONDS = 0.3

Told = tuple[str, list[str]]
"""The id of the new project, and sentences about what was changed or left out."""


def import_values(remote: "Client", path: str, values: dict[str, Any], bar: Steps, *, mends: bool) -> Told:
    """Import a project's text into the workspace at `path`; raises `ClientError` or CommandError."""
    text = json.dumps(values, ensure_ascii=True).encode()
    if len(text) > MAX_AT_ONCE or any(count(values, name) > limit for name, limit in AT_ONCE.items()):
        return import_by_job(remote, path, "project.json", io.BytesIO(text), bar, mends=mends)
    bar.begin("Writing")
    project = remote.request("POST", f"{path}/projects/import{_query(mends=mends)}", text)
    told = [*sentences(project.get("notes", []), project.get("notesOmitted", 0)), *project.get("warnings", [])]
    return project.get("_id") or project["id"], told


def import_by_job(remote: "Client", path: str, name: str, file: BinaryIO, bar: Steps, *, mends: bool) -> Told:
    """Send a text or an archive, and wait until the gateway has written it; raises `ClientError` or CommandError."""
    bar.begin("Sending", file.seek(0, io.SEEK_END))
    job = remote.upload(f"{path}/projects/import/jobs{_query(mends=mends)}", name, file, bar.advance)
    bar.begin("Waiting")
    total = done = 0
    while job["state"] in ("queued", "running"):
        time.sleep(POLL_SECONDS)
        job = remote.request("GET", f"{path}/projects/import/jobs/{job['id']}")
        if job["total"] and not total:
            total = job["total"]
            bar.begin("Writing", total)
        bar.advance(job["done"] - done)
        done = job["done"]
    if job["state"] != "done":
        raise CommandError(f"{job['error']['message']}.")
    return job["projectId"], [*sentences(job.get("notes", []), job.get("notesOmitted", 0)), *job["warnings"]]


def sentences(notes: Sequence[dict[str, str]], omitted: int) -> list[str]:
    """What notes tell, a line each."""
    found = [f"{note['place']}: {note['message']}" for note in notes]
    return [*found, f"{omitted} more places"] if omitted else found


def count(values: dict[str, Any], name: str) -> int:
    """How many entries a list of a text has."""
    found = values.get(name)
    return len(found) if isinstance(found, list) else 0


def _query(*, mends: bool) -> str:
    return "?onOddItem=mend" if mends else ""
