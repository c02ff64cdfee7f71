"""Guessing passwords is slow: for whoever guesses, in every process at once, and for nobody else.

Wrong passwords are paced, not locked out: after a few that cost nothing, each look waits its turn, and whoever would
wait too long is told to come back. A right password is let in by a wait of some seconds at most, whatever a stranger
does from somewhere else (docs/decisions/0030).
"""

from asyncio import sleep
from collections.abc import Sequence
from dataclasses import dataclass

from auth.counting import Pace, forget_attempts, give_back, take_turn
from auth.passwords import verify_password
from models.errors import OrreryError

ONE_ACCOUNT = Pace(free=5, longest=8.0)
"""Of one account from one source, or from one device that has signed in before: then 450 passwords an hour."""
ONE_SOURCE = Pace(free=20, longest=2.0)
"""From one source, of all accounts together: one password for many accounts is as slow as many for one. A house with
one address for everybody has its right passwords given back, and waits at most for the wrong ones of its own."""
EVERYWHERE = Pace(free=200, longest=0.5)
"""Of one account from all sources together, but for devices that it knows: many sources are no way around the rest."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What is paced: `who` tries, in the name of `what`."""

    what: str
    who: str
    pace: Pace


def gates_of(account: str, source: str | None, device: str | None) -> list[Gate]:
    """Where a password of an account has to pass, the closest first; a device that the account knows passes its own.

    `source` is None where no network is between us and the caller.
    """
    if device is not None:
        return [Gate("password-device", f"{account} {device}", ONE_ACCOUNT)]
    own = Gate("password", f"{account} {source or ''}", ONE_ACCOUNT)
    if source is None:
        return [own]
    return [own, Gate("password-source", source, ONE_SOURCE), Gate("password-account", account, EVERYWHERE)]


async def check_password(gates: Sequence[Gate], hashed: str | None, password: str) -> bool:
    """Whether the password fits (`verify_password`), once every gate lets it be looked at.

    It is counted before, so that of many at once no more are looked at than one by one. One that fits forgets the
    failures before it at the first gate, and counts nowhere. Raises RateLimited where the wait would be too long.
    """
    wait = 0.0
    passed: list[Gate] = []
    try:
        for gate in gates:
            wait = max(wait, await take_turn(gate.what, gate.who, gate.pace))
            passed.append(gate)
        if wait:
            await sleep(wait)
        fits = await verify_password(hashed, password)
    except OrreryError:  # it was not looked at
        await _uncount(passed)
        raise
    if fits:
        await forget_attempts(gates[0].what, gates[0].who)
        await _uncount(gates[1:])
    return fits


async def _uncount(gates: Sequence[Gate]) -> None:
    for gate in gates:
        await give_back(gate.what, gate.who)
