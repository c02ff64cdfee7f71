"""Imports by jobs."""

import re

from tests.rest.contract.contract import STRANGER, Contract, Ref, bad, bad_id, unknown
from tests.rest.contract.projects import PROJECTS
from tests.rest.contract.shape import COUNT, ID, TIME

PROJECT = PROJECTS + "/{projectId}"
JOBS = PROJECTS + "/import/jobs"
ARCHIVE = re.compile(rb"PK\x03\x04.{26}project\.json", re.DOTALL)
FORM = {"content-type": "multipart/form-data; boundary=x"}
LIST = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.json"\r\n\r\n[]\r\n--x--\r\n'
JOB = {
    "id": ID,
    "workspaceId": Ref("workspace"),
    "projectId": None,
    "state": "queued",
    "fileSize": COUNT,
    "done": 0,
    "total": None,
    "warnings": (),
    "notes": (),
    "notesOmitted": 0,
    "error": None,
    "createdBy": Ref("user"),
    "createdAt": TIME,
    "startedAt": None,
    "finishedAt": None,
    "expiresAt": None,
}

CONTRACTS = [
    Contract(
        method="GET",
        route=PROJECT + "/export/archive",
        gives="application/zip",
        answers=ARCHIVE,
        bad=bad_id("projectId"),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=JOBS,
        status=202,
        file=("large.json", b'{"project": {"name": "Large"}}', "application/json"),
        answers={**JOB, "fileName": "large.json"},
        bad=bad("file", content=LIST, headers=FORM),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=JOBS,
        answers=[JOB],
        bad=unknown(wsSlug="nowhere"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=JOBS + "/{jobId}",
        answers={**JOB, "id": Ref("transfer_job")},
        bad=bad_id("jobId"),
        denied=STRANGER,
    ),
]
