"""Who asks: long work gives way while somebody else does."""

from collections.abc import Iterator

import pytest

from models import caller
from models.caller import note_asking, others_ask, work_for


@pytest.fixture(autouse=True)
def nobody_asks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever other tests have asked for is long ago."""
    monkeypatch.setattr(caller, "_asked", [])
    yield
    work_for(None)


def test_somebody_else_asks_for_a_moment_after_they_did(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(caller, "monotonic", lambda: now[0])
    assert not others_ask("ann")

    work_for("ann")
    assert others_ask("bob")
    assert not others_ask("ann")

    now[0] += caller.ASKS
    assert not others_ask("bob")
    note_asking()  # on a socket, whose caller is known
    assert others_ask("bob")


def test_a_flood_of_ones_own_hides_nobody() -> None:
    work_for("bob")
    for _ in range(100):
        work_for("ann")

    assert others_ask("ann")
    assert others_ask("bob")


def test_whoever_comes_last_hides_nobody_from_the_others() -> None:
    for one in ("ann", "bob", "cleo"):
        work_for(one)

    assert all(others_ask(one) for one in ("ann", "bob", "cleo", "dan", None))
