"""The commands of `orrery`, and how a failure of one is told."""

import sys

import typer
from rich.markup import escape

from gateway.cli import (
    admin,
    catalogue,
    demo,
    dump,
    migrate,
    operations,
    records,
    schema,
    serve,
    token,
    transfer,
    transfer_export,
    vault,
)
from gateway.cli.console import STDERR, CommandError

app = typer.Typer(
    name="orrery",
    help="Orrery: a GraphQL gateway with real-time subscriptions for project management with AI agents.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("migrate")(migrate.migrate)
app.command("dump")(dump.dump)
app.command("restore")(dump.restore)
app.command("import")(transfer.import_file)
app.command("export")(transfer_export.export)
app.command("schema")(schema.schema)
app.command("records")(records.records)
app.command("operations")(operations.operations)
app.command("catalogue")(catalogue.catalogue)
app.command("token")(token.token)
app.command("demo")(demo.demo)
app.add_typer(admin.admin, name="admin")
app.add_typer(vault.vault, name="vault")


def run() -> None:
    """Run the command of this process's arguments; a failure is one sentence on standard error and the status 1."""
    try:
        app(prog_name="orrery")
    except CommandError as error:
        _fail(str(error))
    except Exception as error:
        # Not at the top: these load every document, which `--help` should not wait for.
        from gateway.client import ClientError
        from gateway.database_error import DatabaseError
        from gateway.dump.error import DumpError
        from gateway.serve_error import ServeError
        from gateway.settings import SettingsError
        from models.errors import OrreryError

        if not isinstance(error, ClientError | DatabaseError | DumpError | ServeError | SettingsError | OrreryError):
            raise
        _fail(str(error))


def _fail(sentence: str) -> None:
    sentence = sentence if sentence.endswith((".", "?")) else f"{sentence}."
    STDERR.print(f"[red]orrery:[/] {escape(sentence)}", soft_wrap=True, highlight=False)
    sys.exit(1)
