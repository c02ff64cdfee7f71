"""Sending traces and metrics to a collector, where one is named; and what processes of agents count."""

import asyncio
import logging
import sys

import pytest

from gateway import telemetry
from gateway.agent_pipe import counted, listen
from gateway.metrics import Metrics
from realtime.counts import Counts


@pytest.fixture(autouse=True)
def no_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in telemetry.ENDPOINTS:
        monkeypatch.delenv(name, raising=False)


def test_without_a_collector_nothing_is_loaded(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)

    telemetry.start("orrery")()

    assert caplog.records == []


def test_a_collector_without_the_extra_is_told_of_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.metric_exporter", None)

    telemetry.start("orrery")()

    [record] = caplog.records
    assert (record.levelno, "orrery[telemetry]" in record.getMessage()) == (logging.ERROR, True)


async def test_what_a_process_of_agents_counts_comes_to_its_gateway_beside_what_it_tells() -> None:
    # Given
    counts, metrics, heard = Counts(), Metrics(), list[str]()
    counts.add("model_tokens", "large", "input", amount=70)
    counts.add("model_tokens", "large", "input", amount=7)
    counts.add("leases_lost", "runtime")
    lines = asyncio.StreamReader()

    # When
    lines.feed_data(b"one\x1etwo\n" + counted(counts.taken()) + b"three\n")
    lines.feed_eof()
    await listen(lines, heard.append, metrics.agents.take)
    metrics.agents.wait(2, 1.5)

    # Then
    assert heard == ["one\ntwo", "three"]
    text = metrics.text().decode()
    for line in (
        'orrery_model_tokens_total{kind="input",model="large"} 77.0',
        'orrery_mission_leases_lost_total{holder="runtime"} 1.0',
        "orrery_missions_due 2.0",
        "orrery_missions_due_seconds 1.5",
    ):
        assert f"\n{line}\n" in text
