"""What is said of a noun is said in its own module, once."""

import pytest

from tests.world.sample import Sample, sent
from tests.world.samples import SAMPLES, table


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_speaks_of_its_own_operations_and_routes_alone(name: str) -> None:
    sample = SAMPLES[name]
    operations = {*sample.makes_another, *sample.counts, *sample.refused_there}
    operations |= {*sample.cases, *sample.unseen, *sample.not_run, *(operation for operation, _ in sample.beyond)}

    assert operations - sample.calls.keys() == set()
    assert {*sample.answers, *sample.by_workspace} - sample.routes.keys() == set()


def test_a_sample_comes_after_those_that_it_needs() -> None:
    order = list(SAMPLES)

    assert [
        name for name in order if any(order.index(needed) > order.index(name) for needed in SAMPLES[name].after)
    ] == []


def test_what_two_samples_say_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    route = ("GET", "/twice")
    monkeypatch.setitem(SAMPLES, "one", Sample(routes={route: None}))
    monkeypatch.setitem(SAMPLES, "other", Sample(routes={route: sent(name="more")}))

    with pytest.raises(ValueError, match="/twice"):
        table(lambda sample: sample.routes)
