"""`orrery demo`."""

import asyncio
import sys
import threading
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from gateway.cli.console import STDOUT, steps
from gateway.demo_address import PORT

if TYPE_CHECKING:
    from gateway.demo import Filled

BOARD = """{{ workspace(orgSlug: "{organization}", slug: "{workspace}") {{
    projects {{ nodes {{ name columns {{ name cards {{ nodes {{ title assignee {{ name }} }} }} }} }} }} }} }}"""
APPROVE = """mutation {{ proposalApprove(id: "{proposal}", input: {{}}) {{ proposal {{ status result }} }} }}"""
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
    fast: Annotated[bool, typer.Option("--fast", help="Do not pause, and approve what is proposed.")] = False,
    port: Annotated[
        int, typer.Option("--model-port", help="Where the scripted model listens.", envvar="ORRERY_DEMO_PORT")
    ] = PORT,
) -> None:
    """Fill a workspace of a running gateway, and watch two agents work.

    One drives a mission from outside. One is run by the gateway, with a scripted model, and asks before it changes a
    card.
    """
    from gateway import demo as filling
    from gateway import demo_data, demo_mission, demo_run
    from gateway.client import Client, ClientError

    client = Client(url.rstrip("/"), token or None)
    with steps() as bar:
        bar.begin("Filling a workspace", filling.size())
        filled = filling.fill(client, lambda _: bar.advance())
    _tell(filled)
    STDOUT.rule(f"[bold]{escape(demo_data.AGENTS['atlas'].name)} works on a mission[/]")
    asyncio.run(demo_mission.perform(filled, Teller().tell, fast=fast))
    STDOUT.rule(f"[bold]The gateway runs {escape(demo_data.AGENTS['vega'].name)}, with a scripted model[/]")
    decider = Decider(asks=sys.stdin.isatty() and not fast)
    try:
        asyncio.run(demo_run.perform(filled, port, Teller().tell, decider.decide, fast=fast))
    except ClientError as error:
        STDOUT.print(str(error), markup=False, soft_wrap=True)
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


class Decider:
    """Shows what an agent proposes, and decides on it: as somebody at the terminal says, else for it."""

    def __init__(self, *, asks: bool) -> None:
        self._asks = asks

    async def decide(self, proposal: dict[str, Any]) -> bool:
        """Whether it is approved. Cancelled where that was decided elsewhere meanwhile."""
        STDOUT.print(f"[bold magenta]PROPOSAL[/]  {escape(proposal['tool'])}")
        for changed in proposal["changes"]:
            for mark, style, values in (("-", "red", changed["before"]), ("+", "green", changed["after"])):
                for name, value in (values or {}).items():
                    STDOUT.print(f"{mark} {name}: {value}", style=style, markup=False, soft_wrap=True)
        STDOUT.print("\nDecide on it in GraphiQL, or here:", style="dim")
        approve = APPROVE.format(proposal=proposal["id"])
        STDOUT.print(approve, markup=False, soft_wrap=True)
        return await self._answer() if self._asks else True

    async def _answer(self) -> bool:
        loop = asyncio.get_running_loop()
        said: asyncio.Future[str] = loop.create_future()

        def keep(text: str) -> None:
            if not said.done():
                said.set_result(text)

        def read() -> None:
            loop.call_soon_threadsafe(keep, sys.stdin.readline())

        STDOUT.print("Approve it? [Y/n] ", end="", markup=False)
        STDOUT.file.flush()
        # Nobody waits for it where the decision comes from elsewhere: the command ends without it.
        threading.Thread(target=read, daemon=True).start()
        return not (await said).strip().lower().startswith("n")


class Teller:
    """Prints the events of a mission as they arrive; what the agent writes runs on in one paragraph, and is not told
    again."""

    def __init__(self) -> None:
        self._writing = False
        self._written = ""
        self._plan = ""

    def tell(self, event: dict[str, Any]) -> None:
        match event["__typename"]:
            case "MissionOutputDelta":
                STDOUT.print(event["text"], end="", markup=False, soft_wrap=True)
                STDOUT.file.flush()
                self._writing = True
                self._written += event["text"]
                return
            case "MissionStatusChanged":
                was = f"{event['from']} → " if event["from"] else ""
                line = f"[bold cyan]{was}{event['to']}[/]"
                if end := event["mission"]["summary"] or event["mission"]["error"]:
                    line += f"  {escape(end)}"
            case "MissionActivityAdded" if event["activity"]["content"].strip() in self._written:
                return
            case "MissionProgressed" if event["mission"]["plan"] in (None, self._plan):
                return
            case "MissionProgressed":
                self._plan = event["mission"]["plan"]
                line = f"[yellow]plan[/]\n{escape(self._plan)}"
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
