"""`orrery dump` and `orrery restore`."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from gateway.cli.console import STDERR, Steps, require_no_gateway, steps
from gateway.cli.running import open_running

if TYPE_CHECKING:
    from gateway.dump.archive import Manifest
    from gateway.settings import Settings

File = Annotated[Path, typer.Argument(help="The archive.")]


def dump(file: File) -> None:
    """Write the whole installation, as it is at one moment, into a new file; a gateway may serve meanwhile."""
    from gateway.settings import Settings

    settings = Settings.from_env()
    with steps() as bar:
        made = asyncio.run(_dump(settings, file, bar))
        bar.end()
    told = f"Dumped {made.documents} documents of {len(made.collections)} collections to {file}"
    STDERR.print(escape(f"{told} ({file.stat().st_size} bytes)."), soft_wrap=True)
    STDERR.print("It holds what the database does, password hashes included: keep it as that.", soft_wrap=True)


def restore(file: File) -> None:
    """Read a dump into an empty database, and migrate that. Everybody has to sign in again."""
    from gateway.settings import Settings

    settings = Settings.from_env()
    require_no_gateway(settings, "stop it first, or let ORRERY_DATA_DIR name an empty folder")
    with steps() as bar:
        made, same_key = asyncio.run(_restore(settings, file, bar))
        bar.end()
    told = f"Restored {made.documents} documents of {len(made.collections)} collections, as they were at {made.made_at}"
    STDERR.print(escape(f"{told}."), soft_wrap=True)
    if not same_key:
        STDERR.print(
            "It was made with another ORRERY_SECRET_KEY: unless the gateway gets that one, second factors and links in "
            "mails do not work.",
            soft_wrap=True,
        )


async def _dump(settings: "Settings", file: Path, bar: Steps) -> "Manifest":
    from gateway.database import open_unlimited
    from gateway.dump.dump import dump
    from gateway.settings import SECRET_FILE

    bar.begin("Opening the database")
    key = _kept_key(settings)
    files = {} if key is None else {SECRET_FILE: key.encode()}
    async with open_running(settings) as url, open_unlimited(settings, url) as database:
        return await dump(database.db, file, secret_key=settings.secret_key, files=files, progress=bar)


async def _restore(settings: "Settings", file: Path, bar: Steps) -> tuple["Manifest", bool]:
    from gateway.database import open_unlimited, open_url
    from gateway.dump.dump import fingerprint
    from gateway.dump.restore import restore
    from gateway.secret_file import replace_secret
    from gateway.settings import SECRET_FILE

    keys = [settings.secret_key]

    def keep(name: str, content: bytes) -> None:
        # A key that was made for this folder has signed nothing yet.
        if name == SECRET_FILE and _kept_key(settings) is not None:
            replace_secret(settings.data_dir / SECRET_FILE, content.decode())
            keys[0] = content.decode()

    bar.begin("Opening the database")
    async with open_url(settings) as url, open_unlimited(settings, url) as database:
        manifest = await restore(database.db, file, keep, bar)
    return manifest, manifest.key == fingerprint(keys[0])


def _kept_key(settings: "Settings") -> str | None:
    """The secret key where the data folder has it, and not the environment."""
    from gateway.settings import SECRET_FILE

    file = settings.data_dir / SECRET_FILE
    kept = file.read_text(encoding="ascii").strip() if file.exists() else None
    return kept if kept == settings.secret_key else None
