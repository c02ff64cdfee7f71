"""Sends traces and metrics to a collector (OTLP over HTTP), where OpenTelemetry's own variables name one.

It takes the extra `orrery[telemetry]`; without a collector nothing of it is loaded.
"""

import logging
import os
from collections.abc import Callable

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT")

log = logging.getLogger("orrery.telemetry")


def start(service: str) -> Callable[[], None]:
    """Begin to send what this process traces and measures, under the name of a `service` unless OTEL_SERVICE_NAME says
    another one; what sends the rest, and ends it, is returned."""
    if not any(os.environ.get(name) for name in ENDPOINTS):
        return _nothing
    try:
        from opentelemetry import metrics, trace
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        log.error("nothing is sent to the collector of OpenTelemetry: that takes the extra orrery[telemetry]")
        return _nothing
    resource = Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME") or service})
    tracers = TracerProvider(resource=resource)
    tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    meters = MeterProvider(resource=resource, metric_readers=[PeriodicExportingMetricReader(OTLPMetricExporter())])
    trace.set_tracer_provider(tracers)
    metrics.set_meter_provider(meters)

    def end() -> None:
        tracers.shutdown()
        meters.shutdown()

    return end


def _nothing() -> None:
    return None
