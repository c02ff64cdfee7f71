"""`orrery serve`."""

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer
from rich.logging import RichHandler
from rich.markup import escape

from gateway.cli.console import STDERR, STDOUT
from gateway.workers_bound import MAX_WORKERS

if TYPE_CHECKING:
    from gateway.settings import Settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address instead of ORRERY_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port instead of ORRERY_PORT.", min=0, max=65535)] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes instead of ORRERY_WORKERS.", min=1, max=MAX_WORKERS)
    ] = None,
    access_log: Annotated[bool, typer.Option("--access-log", help="Log every request.")] = False,
) -> None:
    """Serve GraphQL, REST and the live streams until Ctrl-C."""
    from gateway import serve as server
    from gateway.settings import Settings

    settings = Settings.from_env()
    if host is not None:
        settings = replace(settings, host=host)
    if port is not None:
        settings = replace(settings, port=port)
    if workers is not None:
        settings = settings.with_workers(workers)
    log_to_standard_error()
    server.serve(settings, _tell_where, access_log=access_log)


def _tell_where(settings: "Settings") -> None:
    url = settings.base_url
    lines = {
        "GraphiQL": f"{url}/graphql",
        "REST reference": f"{url}/api/docs",
        "Health": f"{url}/health",
        "Data": str(settings.data_dir),
    }
    STDOUT.print(f"[bold green]Orrery serves at {escape(url)}[/] (Ctrl-C stops it)", soft_wrap=True)
    for name, where in lines.items():
        STDOUT.print(f"  {name:<15} {escape(where)}", soft_wrap=True)
    STDOUT.file.flush()


def log_to_standard_error() -> None:
    """What the gateway says of itself, for a person or for a file."""
    handler: logging.Handler
    if STDERR.is_terminal:
        handler = RichHandler(console=STDERR, show_path=False, markup=False, highlighter=None)
        handler.setFormatter(logging.Formatter("%(name)s: %(message)s", datefmt="[%X]"))
    else:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("orrery").setLevel(logging.INFO)
    logging.getLogger("uvicorn.access").setLevel(logging.INFO)
