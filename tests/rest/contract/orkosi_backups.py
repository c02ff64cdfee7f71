"""Contracts of Orkosi's backups: in the world whoever runs the installation is somebody of no tenant."""

from tests.rest.contract.contract import MALFORMED, Contract, Ref, Refused, Then, bad
from tests.rest.contract.orkosi import data, gone, page
from tests.rest.contract.shape import COUNT, TEXT, TIME, containing
from tests.world.paths import ORKOSI

ROOT = "outsider"
DENIED = Refused(status=403, code="FORBIDDEN", by="bystander")  # who manages accounts, and no more
BACKUPS, NAME = ORKOSI + "/backups", {"filename": Ref("backup_name")}
BACKUP = {**NAME, "size": 8, "documents": COUNT, "sha256": TEXT, "created_at": TIME}
NONE_OF_THE_LIST = bad("filename", path={"filename": "..%5Csecret_key"})

CONTRACTS = [
    Contract(
        method="GET",
        route=BACKUPS,
        by=ROOT,
        answers=page((BACKUP,)),
        bad=MALFORMED,
        denied=DENIED,
    ),
    Contract(
        method="GET",
        route=BACKUPS + "/stats",
        by=ROOT,
        answers=data({"count": 1, "total_size": 8, "last_backup": BACKUP, "last_failed_at": None, "running": False}),
        bad=MALFORMED,
        denied=DENIED,
    ),
    Contract(
        method="GET",
        route=BACKUPS + "/logs",
        by=ROOT,
        answers=data({"lines": (containing(": begun"),)}),
        bad=MALFORMED,
        denied=DENIED,
    ),
    Contract(
        method="GET",
        route=BACKUPS + "/github-status",
        by=ROOT,
        answers=data(
            {"configured": False, "in_sync": None, "latest_backup": Ref("backup_name"), "latest_remote": None}
        ),
        bad=MALFORMED,
        denied=DENIED,
    ),
    Contract(
        method="GET",
        route=BACKUPS + "/{filename}/download",
        by=ROOT,
        path=NAME,
        gives="application/zip",
        answers=b"a backup",
        bad=NONE_OF_THE_LIST,
        denied=DENIED,
    ),
    Contract(
        method="DELETE",
        route=BACKUPS + "/{filename}",
        by=ROOT,
        path=NAME,
        answers=gone(Ref("backup_name")),
        bad=NONE_OF_THE_LIST,
        denied=DENIED,
        then=(Then(BACKUPS + "/stats", data({"count": 0, "last_backup": None})),),
    ),
    Contract(
        method="POST",
        route=BACKUPS + "/trigger",
        by=ROOT,
        status=200,
        answers=data({"triggered": True, "filename": containing("orrery-"), "status": "running", "created_at": TIME}),
        bad=MALFORMED,
        denied=DENIED,
    ),
]
