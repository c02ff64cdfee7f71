"""`orrery vault`: the keys that seal what credentials hold."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import typer
from rich.markup import escape

from gateway.cli.console import STDERR, CommandError, steps
from gateway.cli.running import open_running

if TYPE_CHECKING:
    from auth.vault import Vault
    from gateway.settings import Settings

T = TypeVar("T")

vault = typer.Typer(help="The keys that seal what credentials hold.", no_args_is_help=True)


@vault.command()
def key() -> None:
    """Print a new random key, to be put first into ORRERY_VAULT_KEYS."""
    from auth.vault import new_vault_key

    print(new_vault_key().text)


@vault.command()
def status() -> None:
    """Print how many credentials each key seals, and whether it is there."""
    from resolvers.credential.rewrap import sealed_by

    opened, counts = _run(lambda _: sealed_by())
    known = [key.kid for key in opened.keys]
    for kid in known:
        STDERR.print(f"{escape(kid)}: {counts.pop(kid, 0)}{' (writes)' if kid == known[0] else ''}", soft_wrap=True)
    for kid, count in counts.items():
        STDERR.print(f"{escape(kid)}: {count} (missing from ORRERY_VAULT_KEYS)", soft_wrap=True)
    if counts:
        raise CommandError("What is sealed by a missing key cannot be opened.")


@vault.command()
def rotate() -> None:
    """Have the first key of ORRERY_VAULT_KEYS seal all credentials. Gateways serve meanwhile; may be interrupted."""
    from resolvers.credential.rewrap import rewrap_all

    with steps() as bar:
        bar.begin("Sealing credentials anew")
        opened, done = _run(lambda vault: rewrap_all(vault, bar.advance))
        bar.end()
    STDERR.print(f"The key {escape(opened.kid)} seals all credentials; {done} were sealed anew.", soft_wrap=True)


def _run(work: "Callable[[Vault], Awaitable[T]]") -> "tuple[Vault, T]":
    from auth.vault import Vault
    from gateway.settings import Settings

    settings = Settings.from_env()
    opened = Vault(settings.vault_keys)
    if not opened.keys:
        raise CommandError("The vault has no key: set ORRERY_VAULT_KEYS.")
    return opened, asyncio.run(_over(settings, opened, work))


async def _over(settings: "Settings", opened: "Vault", work: "Callable[[Vault], Awaitable[T]]") -> "T":
    from gateway.database import open_unlimited

    async with open_running(settings) as url, open_unlimited(settings, url):
        return await work(opened)
