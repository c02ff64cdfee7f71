"""What whoever runs the installation does with backups at Orkosi's interface."""

from tests.rest.board_story import end_made
from tests.rest.conftest import PASSWORD, Api
from tests.rest.orkosi_story import ORKOSI, asked

BACKUPS = f"{ORKOSI}/backups"


async def orkosi_backups(api: Api) -> None:
    """Every route of them."""
    account = {"email": "root@example.com", "password": PASSWORD}
    root = api.client((await api.client().post(f"{ORKOSI}/auth/login", json=account)).json()["token"])
    before = await asked(root, "GET", f"{BACKUPS}/stats")
    begun = await asked(root, "POST", f"{BACKUPS}/trigger")
    one = f"{BACKUPS}/{begun['filename']}"

    # While it is made it is in no list
    assert begun["filename"] not in [backup["filename"] for backup in await asked(root, "GET", BACKUPS)]
    assert await asked(root, "GET", f"{BACKUPS}/stats") == {**before, "running": True}
    refused = [await root.delete(one), await root.get(f"{one}/download"), await root.delete(f"{BACKUPS}/secret_key")]
    assert [answer.status_code for answer in refused] == [400, 400, 400]
    assert (await root.post(f"{BACKUPS}/trigger")).status_code == 409

    # When it is whole
    await end_made(api.ctx.services, b"a backup")
    backup = (await asked(root, "GET", BACKUPS))[0]
    assert (backup["filename"], backup["size"]) == (begun["filename"], 8)
    told = await asked(root, "GET", f"{BACKUPS}/stats")
    whole = {"count": before["count"] + 1, "total_size": before["total_size"] + 8, "last_backup": backup}
    assert told == {**before, **whole}
    lines = (await asked(root, "GET", f"{BACKUPS}/logs"))["lines"]
    assert [line.partition(" ")[2] for line in lines[-2:]] == [
        f"{begun['filename']}: begun",
        f"{begun['filename']}: completed, 0 documents in 8 bytes",
    ]
    copied = await asked(root, "GET", f"{BACKUPS}/github-status")
    assert (copied["configured"], copied["latest_backup"]) == (False, begun["filename"])
    assert (await root.get(f"{one}/download")).content == b"a backup"
    assert await asked(root, "DELETE", one) == {"id": begun["filename"], "deleted": True}
    assert await asked(root, "GET", f"{BACKUPS}/stats") == before
