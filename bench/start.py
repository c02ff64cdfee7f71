"""How long a gateway takes from its start until it answers, with the built-in runtime and without.

And whether it has loaded what speaks to models, which is for its processes of agents alone. Each start is on a data
folder that is there already.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter_ns

from rich.console import Console

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
import dataclasses, json, sys
from gateway.serve import serve
from gateway.settings import Settings

def ready(settings):
    print(json.dumps(sorted(sys.modules)), flush=True)

serve(dataclasses.replace(Settings.from_env(), port=0), ready)
"""
"""A gateway that says what it has loaded once it answers."""


def start(rounds: int) -> None:
    """Measure, and print the table."""
    loaded: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        models, data = Path(folder) / "models.toml", Path(folder) / "data"
        models.write_text(MODELS)
        contenders = [
            Contender("without models", _starting(data, loaded), times=1),
            Contender("with the built-in runtime", _starting(data, loaded, ORRERY_MODELS=str(models)), times=1),
        ]
        measure(contenders, rounds, warm_up=1)
    show("From the start of a gateway until it answers (goal 1.10 x)", contenders)
    found = ", ".join(sorted(loaded.intersection(NEVER))) or "nothing"
    Console().print(f"of {', '.join(NEVER)} it has loaded: {found}", highlight=False)


def _starting(data: Path, loaded: set[str], **variables: str) -> Run:
    """Starts a gateway so many times; adds what it has loaded."""

    def once() -> int:
        began = perf_counter_ns()
        command = [sys.executable, "-c", SERVE]
        settings = environment(data, variables)
        with subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            told = process.stdout.readline()
            spent = perf_counter_ns() - began
            process.terminate()
        loaded.update(json.loads(told))
        return spent

    return lambda times: [once() for _ in range(times)]
