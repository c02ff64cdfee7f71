"""How long a gateway takes from its start until it answers, with the built-in runtime and without.

And whether it has loaded what speaks to models, which is for its processes of agents alone. Each start is on a data
folder that is there already.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter_ns

from bench.table import show
from bench.timing import Contender, Run, measure
from tests.gateway.process import ROOT, environment

NEVER = ("pydantic_ai", "openai", "anthropic", "genai_prices")
MODELS = """[models.a]
protocol = "openai"
base_url = "http://127.0.0.1:9/v1"
price = {input = 1, output = 1}
"""
SERVE = """
import dataclasses, json, sys, time
from gateway.garbage import begin_to_load

begin_to_load()  # as the command does
from gateway.serve import serve
from gateway.settings import Settings

def ready(settings):
    print(json.dumps([time.process_time(), sorted(sys.modules)]), flush=True)

serve(dataclasses.replace(Settings.from_env(), port=0), ready)
"""
"""A gateway that says, once it answers, what it has taken of the processor, and what it has loaded."""


def start(rounds: int) -> None:
    """Measure, and print the table."""
    loaded: set[str] = set()
    processor: list[list[float]] = [[], []]
    with tempfile.TemporaryDirectory() as folder:
        models, data = Path(folder) / "models.toml", Path(folder) / "data"
        models.write_text(MODELS)
        with_models = _starting(data, loaded, processor[1], ORRERY_MODELS=str(models))
        contenders = [
            Contender("without models", _starting(data, loaded, processor[0]), times=1),
            Contender("with the built-in runtime", with_models, times=1),
        ]
        measure(contenders, rounds, warm_up=1)
    found = ", ".join(sorted(loaded.intersection(NEVER))) or "nothing"
    without, beside = (median(spent) for spent in processor)
    notes = (
        f"processor, whatever else the machine does: {without:.2f} s and {beside:.2f} s, {beside / without:.2f} x",
        f"of {', '.join(NEVER)} the gateway has loaded: {found}",
    )
    show("From the start of a gateway until it answers (goal 1.10 x)", contenders, notes)


def _starting(data: Path, loaded: set[str], processor: list[float], **variables: str) -> Run:
    """Starts a gateway so many times; adds what it has loaded and taken of the processor."""

    def once() -> int:
        began = perf_counter_ns()
        command = [sys.executable, "-c", SERVE]
        settings = environment(data, variables)
        with subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            told = process.stdout.readline()
            spent = perf_counter_ns() - began
            process.terminate()
        seconds, modules = json.loads(told)
        processor.append(seconds)
        loaded.update(modules)
        return spent

    return lambda times: [once() for _ in range(times)]
