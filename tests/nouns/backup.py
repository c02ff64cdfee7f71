"""Backups of the installation."""

import secrets
from datetime import timedelta
from hashlib import sha256

from models import Backup
from models.base import collection, to_record
from models.installation_enums import BackupStatus
from resolvers.installation.backup_work import Made, end_backup, take_backup
from resolvers.kit.context import Services
from tests.rest.story import Cast, ask_board, ask_orkosi, root_of
from tests.world.paths import BOARD, ORKOSI
from tests.world.sample import Case, Sample
from tests.world.world import World

BACKUPS = ORKOSI + "/backups"


async def make(world: World) -> None:
    """One that is whole, with a file where the services of the world have theirs."""
    content, name = b"a backup", f"orrery-{secrets.token_hex(4)}.zip"
    kept = Backup(
        filename=name,
        status=BackupStatus.COMPLETED,
        size=len(content),
        created_by=world.ids["outsider_id"],
        documents=1,
    )
    kept.sha256 = sha256(content).hexdigest()
    record = to_record(kept)
    await collection(Backup).insert_one(record)
    if (folder := world.owner.services.backup_dir) is not None:
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    world.ids |= {"backup": record["_id"], "backup_name": name}


async def end_made(services: Services, content: bytes) -> None:
    """Make the backup that was asked for, of some bytes."""
    backup = await take_backup("test", timedelta(minutes=1))
    assert backup is not None
    assert services.backup_dir is not None
    (services.backup_dir / backup["filename"]).write_bytes(content)
    made = Made(len(content), sha256(content).hexdigest(), 0, "00")
    assert await end_backup(services, backup, made)


async def board_story(cast: Cast) -> None:
    root = await root_of(cast.api)
    made = await ask_board(root, "POST", "/backups", 201)
    assert made["status"] == "running"  # nobody is here who makes it
    await end_made(cast.api.ctx.services, b"a backup")
    [backup] = await ask_board(root, "GET", "/backups")
    assert [backup[name] for name in ("filename", "status", "size")] == [made["filename"], "completed", 8]
    assert (await root.get(f"{BOARD}/backups/{backup['filename']}")).content == b"a backup"


async def orkosi_story(cast: Cast) -> None:
    root = await root_of(cast.api)
    before = await ask_orkosi(root, "GET", f"{BACKUPS}/stats")
    begun = await ask_orkosi(root, "POST", f"{BACKUPS}/trigger")
    one = f"{BACKUPS}/{begun['filename']}"

    # While it is made it is in no list
    assert begun["filename"] not in [backup["filename"] for backup in await ask_orkosi(root, "GET", BACKUPS)]
    assert await ask_orkosi(root, "GET", f"{BACKUPS}/stats") == {**before, "running": True}
    refused = [await root.delete(one), await root.get(f"{one}/download"), await root.delete(f"{BACKUPS}/secret_key")]
    assert [answer.status_code for answer in refused] == [400, 400, 400]
    assert (await root.post(f"{BACKUPS}/trigger")).status_code == 409

    # When it is whole
    await end_made(cast.api.ctx.services, b"a backup")
    backup = (await ask_orkosi(root, "GET", BACKUPS))[0]
    assert (backup["filename"], backup["size"]) == (begun["filename"], 8)
    told = await ask_orkosi(root, "GET", f"{BACKUPS}/stats")
    whole = {"count": before["count"] + 1, "total_size": before["total_size"] + 8, "last_backup": backup}
    assert told == {**before, **whole}
    lines = (await ask_orkosi(root, "GET", f"{BACKUPS}/logs"))["lines"]
    assert [line.partition(" ")[2] for line in lines[-2:]] == [
        f"{begun['filename']}: begun",
        f"{begun['filename']}: completed, 0 documents in 8 bytes",
    ]
    copied = await ask_orkosi(root, "GET", f"{BACKUPS}/github-status")
    assert (copied["configured"], copied["latest_backup"]) == (False, begun["filename"])
    assert (await root.get(f"{one}/download")).content == b"a backup"
    assert await ask_orkosi(root, "DELETE", one) == {"id": begun["filename"], "deleted": True}
    assert await ask_orkosi(root, "GET", f"{BACKUPS}/stats") == before


SAMPLE = Sample(
    make=make,
    calls={
        "backups": lambda _: (),
        "backupRemote": lambda _: (),
        "backup": lambda ids: (ids["backup_name"],),
        "backupFile": lambda ids: (ids["backup_name"],),
        "backupCreate": lambda _: (),
        "backupDelete": lambda ids: (ids["backup"],),
    },
    routes={
        ("GET", BOARD + "/backups"): None,
        ("POST", BOARD + "/backups"): None,
        ("GET", BOARD + "/backups/{filename}"): None,
        ("GET", BACKUPS): None,
        ("GET", BACKUPS + "/stats"): None,
        ("GET", BACKUPS + "/logs"): None,
        ("GET", BACKUPS + "/github-status"): None,
        ("GET", BACKUPS + "/{filename}/download"): None,
        ("DELETE", BACKUPS + "/{filename}"): None,
        ("POST", BACKUPS + "/trigger"): None,
    },
    cases={"backupCreate": Case(caller="outsider"), "backupDelete": Case(caller="outsider")},
    unseen=dict.fromkeys(("backupCreate", "backupDelete"), "what is set for the installation is no workspace's"),
    board_story=board_story,
    orkosi_story=orkosi_story,
)
