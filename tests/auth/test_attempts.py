"""Guessing passwords: how many are looked at, who waits for it, and who does not."""

import asyncio
from datetime import datetime, timedelta

import pytest

from auth import attempts, counting
from auth.attempts import EVERYWHERE, ONE_ACCOUNT, ONE_SOURCE, check_password, gates_of
from auth.counting import PATIENCE, Pace, forget_attempts, give_back, take_turn
from auth.device import device_cookie, known_device
from gateway.database import Database
from models.address import mailbox
from models.base import utc_now
from models.errors import RateLimited
from models.ids import Kind, new_id

KEY = "test-" * 10
HERE, THERE = "192.0.2.1", "192.0.2.2"


class Clock:
    """The time of attempts, which passes when a test says so."""

    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What attempts take for the time."""
    own = Clock()
    monkeypatch.setattr(counting, "utc_now", own)
    return own


@pytest.fixture(autouse=True)
async def waited(clean: Database, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What callers waited, without the waiting; and the one right password, without its hash."""
    seconds: list[float] = []

    async def sleep(wait: float) -> None:
        seconds.append(wait)

    async def verify(_: str | None, password: str) -> bool:
        return password == "right"

    monkeypatch.setattr(attempts, "sleep", sleep)
    monkeypatch.setattr(attempts, "verify_password", verify)
    return seconds


async def guesses(count: int, account: str = "ada", source: str | None = HERE, device: str | None = None) -> int:
    """How many of so many wrong passwords at once are looked at."""
    gates = gates_of(account, source, device)
    many = await asyncio.gather(*(check_password(gates, "", "wrong") for _ in range(count)), return_exceptions=True)
    assert all(one is False or isinstance(one, RateLimited) for one in many)
    return many.count(False)


async def is_let_in(account: str = "ada", source: str | None = HERE, device: str | None = None) -> bool:
    return await check_password(gates_of(account, source, device), "", "right")


def looked_at(pace: Pace) -> int:
    """How many attempts at once a pace lets through: those whose turn comes within the patience."""
    made, at = 0, 0.0
    while at <= PATIENCE:
        made += 1
        at += pace.pause(made)
    return made


async def test_of_many_guesses_at_once_a_few_are_looked_at_and_each_later_than_the_one_before(
    waited: list[float],
) -> None:
    assert await guesses(45) == looked_at(ONE_ACCOUNT) == 8

    assert [round(one) for one in sorted(waited)] == [1, 3, 7]


async def test_a_right_password_is_let_in_after_a_stranger_has_guessed_from_the_same_address(clock: Clock) -> None:
    await guesses(45)
    clock.advance(7)  # the last of them waited so long

    assert await is_let_in()
    assert await is_let_in()  # and the failures are forgotten


async def test_guesses_from_somewhere_else_cost_the_owner_nothing(waited: list[float]) -> None:
    await guesses(45, source=THERE)
    waited.clear()

    assert await is_let_in()
    assert waited == []


async def test_a_device_that_the_account_knows_passes_whatever_is_guessed_where_it_is(waited: list[float]) -> None:
    await guesses(45)
    waited.clear()

    assert await is_let_in(device="laptop")
    assert waited == []
    assert await guesses(45, device="laptop") == looked_at(ONE_ACCOUNT)  # it is a way around for nobody


async def test_one_password_for_many_accounts_is_slow_too(waited: list[float]) -> None:
    tried = [await guesses(1, account=f"account-{n}") for n in range(40)]

    assert sum(tried) == looked_at(ONE_SOURCE) < 40


async def test_right_passwords_of_one_address_count_for_nothing(waited: list[float]) -> None:
    for n in range(ONE_SOURCE.free + 5):
        assert await is_let_in(account=f"colleague-{n}")

    assert waited == []


async def test_many_sources_are_no_way_around() -> None:
    tried = [await guesses(1, source=f"198.51.100.{n}") for n in range(EVERYWHERE.free + 30)]

    assert sum(tried) == looked_at(EVERYWHERE) < EVERYWHERE.free + 30


async def test_what_was_not_looked_at_is_not_counted(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> bool:
        raise RateLimited("too many at once")

    with monkeypatch.context() as busy:
        busy.setattr(attempts, "verify_password", full)
        assert await guesses(30) == 0

    clock.advance(PATIENCE + ONE_ACCOUNT.longest)
    assert await guesses(45) == looked_at(ONE_ACCOUNT)


async def test_other_processes_take_turns_with_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unlocked:
        """Each attempt locks for itself, as those of different processes do."""

        def setdefault(self, _: str, lock: asyncio.Lock) -> asyncio.Lock:
            return lock

    monkeypatch.setattr(counting, "_locks", Unlocked())

    turns = await asyncio.gather(
        *(take_turn("test", "everybody", Pace(free=5, longest=8.0)) for _ in range(30)), return_exceptions=True
    )

    assert len([one for one in turns if isinstance(one, float)]) == 8


async def test_turns_are_forgotten_and_given_back(clock: Clock) -> None:
    pace = Pace(free=1, longest=8.0)
    assert await take_turn("test", "ada", pace) == 0
    assert await take_turn("test", "ada", pace) > 0
    await forget_attempts("test", "ada")
    assert await take_turn("test", "ada", pace) == 0
    await give_back("test", "ada")
    clock.advance(1)
    assert await take_turn("test", "ada", pace) == 0


async def test_a_refusal_tells_when_to_come_back() -> None:
    await guesses(45)

    with pytest.raises(RateLimited) as refused:
        await is_let_in()

    assert 1 <= refused.value.retry_after <= ONE_ACCOUNT.longest


def test_a_device_is_known_to_its_account_until_the_password_changes() -> None:
    ada, bob = new_id(Kind.USER), new_id(Kind.USER)
    cookie = device_cookie(KEY, ada, "hash")

    assert known_device(KEY, cookie, ada, "hash") == cookie.partition(".")[0]
    for other in (
        known_device(KEY, cookie, bob, "hash"),
        known_device(KEY, cookie, ada, "another hash"),
        known_device("other-" * 10, cookie, ada, "hash"),
        known_device(KEY, f"{'x' * 22}.{cookie.partition('.')[2]}", ada, "hash"),
        known_device(KEY, None, ada, "hash"),
        known_device(KEY, "", ada, "hash"),
        known_device(KEY, "ü" * 200, ada, "hash"),
    ):
        assert other is None


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("ada@example.com", "ada@example.com"),
        ("Ada+News@Example.com", "ada@example.com"),
        ("ada+a+b@example.com", "ada@example.com"),
        ("+a@example.com", "+a@example.com"),
    ],
)
def test_what_follows_a_plus_is_the_same_mailbox(address: str, same: str) -> None:
    assert mailbox(address) == same
