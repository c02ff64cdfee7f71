"""`orrery demo`."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from gateway.cli.console import STDOUT, steps

if TYPE_CHECKING:
    from gateway.demo import Filled

BOARD = """{{ workspace(orgSlug: "{organization}", slug: "{workspace}") {{
    projects {{ nodes {{ name columns {{ name cards {{ nodes {{ title assignee {{ name }} }} }} }} }} }} }} }}"""
LIVE = """subscription {{ missionEvents(missionId: "{mission}") {{ __typename
    ... on MissionStatusChanged {{ from to }}
    ... on MissionActivityAdded {{ activity {{ kind content }} }}
    ... on MissionOutputDelta {{ text }} }} }}"""


def demo(
    url: Annotated[str, typer.Option(help="Where the gateway is.", metavar="URL")] = "http://127.0.0.1:3001",
    token: Annotated[
        str | None,
        typer.Option(help="Act as the account of this session (a JWT), instead of a new one.", envvar="ORRERY_TOKEN"),
    ] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Do not pause between the agent's reports.")] = False,
) -> None:
    """Fill a workspace of a running gateway, and watch an agent work on a mission."""
    from gateway import demo as filling
    from gateway import demo_data, demo_mission
    from gateway.client import Client

    client = Client(url.rstrip("/"), token or None)
    with steps() as bar:
        bar.begin("Filling a workspace", filling.size())
        filled = filling.fill(client, lambda _: bar.advance())
    _tell(filled)
    STDOUT.rule(f"[bold]{escape(demo_data.AGENTS['atlas'].name)} works on a mission[/]")
    asyncio.run(demo_mission.perform(filled, Teller().tell, fast=fast))
    STDOUT.rule()


def _tell(filled: "Filled") -> None:
    from gateway import demo_data as data

    workspace = f"{filled.organization_slug}/{data.WORKSPACE[1]}"
    STDOUT.print(
        f"[bold green]{len(filled.projects)} projects with {len(filled.cards)} cards[/] are in the workspace "
        f"{escape(workspace)}.",
        soft_wrap=True,
    )
    if filled.password:
        STDOUT.print(f"  Account    {filled.email}")
        STDOUT.print(f"  Password   {filled.password}   (shown this once, kept nowhere)", markup=False, soft_wrap=True)
    STDOUT.print(f"  GraphiQL   {filled.client.url}/graphql", markup=False, soft_wrap=True)
    STDOUT.print("\nThe boards, as a query:", style="dim")
    query = BOARD.format(organization=filled.organization_slug, workspace=data.WORKSPACE[1])
    STDOUT.print(query, markup=False, soft_wrap=True)
    STDOUT.print("\nThe mission below, as a subscription; paste it now and watch it there as well:", style="dim")
    STDOUT.print(LIVE.format(mission=filled.mission_id), markup=False, soft_wrap=True)
    STDOUT.print()


class Teller:
    """Prints the events of a mission as they arrive; what the agent writes runs on in one paragraph."""

    def __init__(self) -> None:
        self._writing = False

    def tell(self, event: dict[str, Any]) -> None:
        match event["__typename"]:
            case "MissionOutputDelta":
                STDOUT.print(event["text"], end="", markup=False, soft_wrap=True)
                STDOUT.file.flush()
                self._writing = True
                return
            case "MissionStatusChanged":
                was = f"{event['from']} → " if event["from"] else ""
                line = f"[bold cyan]{was}{event['to']}[/]"
                if end := event["mission"]["summary"] or event["mission"]["error"]:
                    line += f"  {escape(end)}"
            case "MissionActivityAdded":
                activity = event["activity"]
                tool = f" [dim]({escape(activity['tool'])})[/]" if activity["tool"] else ""
                line = f"[yellow]{activity['kind'].lower():<9}[/] {escape(activity['content'])}{tool}"
                line += f" [dim]{event['mission']['progress']:.0%}[/]"
            case "StreamReady":
                line = "[dim]watching[/]"
            case other:
                line = f"[dim]{escape(other)}[/]"
        if self._writing:
            STDOUT.print("\n")
            self._writing = False
        STDOUT.print(line, soft_wrap=True)
        STDOUT.file.flush()
