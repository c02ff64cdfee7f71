"""The shapes of the contracts tell what fits from what does not."""

from typing import Any

import pytest

from tests.rest.contract.shape import (
    COUNT,
    FLAG,
    ID,
    NUMBER,
    TEXT,
    TIME,
    Having,
    Ref,
    containing,
    filled,
    maybe,
    misfits,
    one_of,
)

IDS = {"card": "6" * 24}

FITTING: list[tuple[Any, Any]] = [
    (ID, "0123456789abcdef01234567"),
    (TIME, "2026-03-10T14:22:00Z"),
    (TIME, "2026-03-10T14:22:00.123Z"),
    (TEXT, "a"),
    (COUNT, 0),
    (NUMBER, 0.5),
    (FLAG, False),
    (maybe(ID), None),
    (one_of("low", "high"), "high"),
    (containing("link"), "a link here"),
    (Ref("card"), "6" * 24),
    ({"ok": True}, {"ok": True, "more": 1}),
    ([ID], ["0" * 24, "1" * 24]),
    ((), []),
    (Having(1), [0, 1]),
    (({"id": Ref("card")}, ID), [{"id": "6" * 24}, "0" * 24]),
]
UNFIT: list[tuple[Any, Any]] = [
    (ID, "card_123"),
    (TIME, "2026-03-10"),
    (TIME, "2026-03-10T14:22:00+01:00"),
    (TEXT, ""),
    (TEXT, None),
    (COUNT, -1),
    (COUNT, True),
    (COUNT, 1.0),
    (NUMBER, "1"),
    (FLAG, 1),
    (maybe(ID), ""),
    (one_of("low", "high"), "middle"),
    (Ref("card"), "7" * 24),
    ({"ok": True}, {}),
    ({"ok": True}, {"ok": 1}),
    ({"ok": True}, []),
    ({"a": {"b": TEXT}}, {"a": {"b": 1}}),
    ([ID], []),
    ([ID], ["0" * 24, "x"]),
    ((), [1]),
    (Having(1), [0, 2]),
    (Having(1), []),
    (Having(1), {}),
    ((ID,), ["0" * 24, "0" * 24]),
    (0, False),
    (1, 1.0),
    (None, 0),
]


@pytest.mark.parametrize(("shape", "value"), FITTING)
def test_a_value_of_the_shape_fits(shape: Any, value: Any) -> None:
    assert misfits(value, shape, IDS) == []


@pytest.mark.parametrize(("shape", "value"), UNFIT)
def test_another_value_does_not_fit(shape: Any, value: Any) -> None:
    assert len(misfits(value, shape, IDS)) == 1


def test_each_misfit_is_told_with_its_place() -> None:
    found = misfits([{"id": 1}], ({"id": ID, "name": TEXT},), IDS)

    assert found == ["answer.0.name is missing", "answer.0.id is not an id: 1"]


def test_bodies_have_the_ids_of_the_world_in_values_and_names() -> None:
    assert filled({Ref("card"): [Ref("card"), 1], "a": {"b": Ref("card")}}, IDS) == {
        "6" * 24: ["6" * 24, 1],
        "a": {"b": "6" * 24},
    }
