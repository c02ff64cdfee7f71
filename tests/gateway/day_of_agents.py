"""`python -m tests.gateway.day_of_agents`: a day with agents, by the program `curl` against a gateway that is served.

First without a model: a draft becomes a project, and all that takes none works. Then with one that is scripted: a
supervised agent works on a card, its proposal is edited and approved, and whoever follows is cut off and goes on by
`Last-Event-ID`. Every step says what it found; what is not as it should be ends it with 1.
"""

import argparse
import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.agents.model_server import Json, Turn
from tests.agents.served import card_of, served

PORT = 3977
DELIVERABLES = 120
SECONDS = 60
PATIENCE = ("--max-time", str(SECONDS), "--silent", "--show-error")
SAID = "I have looked at the card, and would call it something else. "


EDIT = "mutation ($p: ID!, $a: JSON!) { proposalUpdate(id: $p, input: {arguments: $a}) { proposal { revision } } }"


class UnexpectedError(Exception):
    """What the gateway answered is not what it should be."""


def expect(what: str, found: object, wanted: object) -> None:
    """Say what was found; raise UnexpectedError where something else was wanted."""
    if found != wanted:
        raise UnexpectedError(f"{what}: {found!r}, and not {wanted!r}")
    print(f"  {what}: {found}")


def script(request: Json, before: int) -> Turn:
    """Something is proposed, slowly, and then it is over."""
    if before == 0:
        return Turn(SAID * 4, (("update_card", {"id": card_of(request), "title": "Proposed"}),), pause=0.05)
    return Turn("It is done as you decided.", pause=0.02)


@dataclass(slots=True)
class Stream:
    """Events as they come: each with its name, its id where it has one, and its data."""

    process: Process
    last: str | None = None
    ids: list[str] = field(default_factory=list)

    async def until(self, name: str, **wanted: Any) -> Json:
        """The data of the next event of a name that holds some values. Raises UnexpectedError where the stream ends."""
        async for event, data in self._events():
            about: Json = data.get("proposal") or data.get("mission") or data
            if event == name and all(about.get(key) == value for key, value in wanted.items()):
                return data
        raise UnexpectedError(f"the stream ended without {name} {wanted}")

    async def whole(self, is_last: Callable[[Json], bool]) -> list[Json]:
        """The data of all events up to one. Raises UnexpectedError where the stream ends before."""
        found: list[Json] = []
        async for _, data in self._events():
            found.append(data)
            if is_last(data):
                return found
        raise UnexpectedError(f"the stream ended after {found}")

    async def _events(self) -> AsyncIterator[tuple[str, Json]]:
        assert self.process.stdout is not None
        event = ""
        async with asyncio.timeout(SECONDS):
            async for line in self.process.stdout:
                key, _, value = line.decode().rstrip("\n").partition(": ")
                if key == "event":
                    event = value
                elif key == "id":
                    self.last = value
                    self.ids.append(value)
                elif key == "data":
                    yield event, json.loads(value)


@dataclass(slots=True)
class Curl:
    """Requests of one person by the program `curl`."""

    url: str
    token: str | None = None

    def command(self, method: str, path: str, body: object = None, headers: Sequence[str] = ()) -> list[str]:
        """The arguments of a request."""
        sent = [*headers, *([f"authorization: Bearer {self.token}"] if self.token else [])]
        command = ["curl", *PATIENCE, "-X", method, self.url + path]
        if body is not None:
            command += ["--data", json.dumps(body)]
            sent.append("content-type: application/json")
        return [*command, *(part for header in sent for part in ("-H", header))]

    async def ask(self, method: str, path: str, body: object = None, status: int | None = None) -> Any:
        """What is answered, as JSON. Raises UnexpectedError for another status than the one that is wanted."""
        command = [*self.command(method, path, body), "--write-out", "\n%{http_code}"]
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
        output, _ = await process.communicate()
        text, _, code = output.decode().rpartition("\n")
        wanted = status or (201 if method == "POST" else 200)
        if int(code) != wanted:
            raise UnexpectedError(f"{method} {path}: {code} {text[:300]}")
        return json.loads(text) if text else None

    @asynccontextmanager
    async def stream(
        self, method: str, path: str, body: object = None, after: str | None = None
    ) -> AsyncIterator["Stream"]:
        """An event stream, which is cut where the block ends."""
        headers = ["accept: text/event-stream", *([f"last-event-id: {after}"] if after else [])]
        command = [*self.command(method, path, body, headers), "--no-buffer"]
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
        try:
            yield Stream(process)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's workspace; paths of REST."""

    curl: Curl
    workspace: str

    @property
    def drafts(self) -> str:
        return f"{self.workspace}/project-drafts"


async def settled(url: str) -> Place:
    """A person with a workspace."""
    values = {"email": "bea@example.org", "password": "a long password", "name": "Bea"}
    registered = await Curl(url).ask("POST", "/auth/register", values)
    curl = Curl(url, registered["access_token"])
    await curl.ask("POST", "/organizations", {"name": "Dome", "slug": "dome"})
    await curl.ask("POST", "/orgs/dome/workspaces", {"name": "Night", "slug": "night"})
    return Place(curl, "/orgs/dome/workspaces/night")


async def draft_to_project(at: Place, deliverables: int) -> Json:
    """A draft becomes a project by hand, whole; the project."""
    curl, drafts = at.curl, at.drafts
    brief = {"name": "Survey", "description": "Look at every star once.", "contextDocuments": ["There are many stars."]}
    draft = f"{drafts}/{(await curl.ask('POST', drafts, brief))['id']}"
    phases = [
        {"name": f"Phase {phase}", "deliverables": [{"title": f"{phase}.{n}"} for n in range(deliverables // 3)]}
        for phase in range(3)
    ]
    await curl.ask("PATCH", draft, {"roadmap": phases})
    done = await curl.ask("POST", f"{draft}/execute")
    project = f"{at.workspace}/projects/{done['projectId']}"
    cards = await curl.ask("GET", f"{project}/cards")
    expect("cards of the project", len(cards), deliverables // 3 * 3)
    again = await curl.ask("POST", f"{draft}/execute", status=409)
    expect("executed again, the project", again["details"]["projectId"], done["projectId"])
    return {"id": done["projectId"], "path": project, "card": cards[0], "draft": draft}


async def without_a_model(at: Place, deliverables: int) -> None:
    """All that takes no model works where there is none, and the rest says so."""
    curl = at.curl
    made = await draft_to_project(at, deliverables)
    another = (await curl.ask("POST", at.drafts, {"name": "Another"}))["id"]
    refused = await curl.ask("POST", f"{at.drafts}/{another}/generate-roadmap", status=503)
    expect("a roadmap by a model", refused["code"], "NOT_CONFIGURED")
    hired = await curl.ask("POST", f"{at.workspace}/agents", {"name": "Atlas", "slug": "atlas"})
    started = {"cardId": made["card"]["id"], "projectId": made["id"], "agentId": hired["id"], "prompt": "Look"}
    queued = await curl.ask("POST", f"{at.workspace}/agent-runtime/card-mission", started)
    expect("a mission without a model", queued["status"], "queued")
    agent = Curl(curl.url, hired["token"])
    claimed = await agent.ask("POST", f"{at.workspace}/missions/claim")
    expect("claimed by its agent's own client", claimed["mission"]["id"], queued["id"])
    action = {"actionType": "call the observatory", "explanation": "The nights get short"}
    await curl.ask("POST", f"{at.workspace}/pilotage/actions/propose", action)
    state = await curl.ask("GET", f"{at.workspace}/pilotage/state")
    expect("the pilotage's contract", state["contractVersion"], 7)
    ended = await agent.ask("POST", f"{at.workspace}/missions/{queued['id']}/complete", {"summary": "Seen"})
    expect("the mission", ended["status"], "completed")


async def supervised(at: Place, deliverables: int) -> None:
    """A supervised agent's proposal is edited and approved by whoever follows it through a cut."""
    curl = at.curl
    made = await draft_to_project(at, deliverables)
    hired = await curl.ask("POST", f"{at.workspace}/agents", {"name": "Hera", "slug": "hera"})
    started = {"cardId": made["card"]["id"], "projectId": made["id"], "agentId": hired["id"], "prompt": "Look"}
    seen: list[str] = []
    async with curl.stream("POST", f"{at.workspace}/agent-runtime/card-mission", started) as stream:
        mission = (await stream.until("mission_status"))["mission"]["id"]
        await stream.until("mission_status", status="running")
        await stream.until("output_delta")
        seen += stream.ids
    print(f"  followed until it spoke, and cut off after {len(seen)} events")
    follow = f"{at.workspace}/missions/{mission}/stream"
    async with curl.stream("GET", follow, after=seen[-1]) as stream:
        proposed = (await stream.until("proposal", status="pending"))["proposal"]
        expect("it would", proposed["tool"], "update_card")
        path = f"{at.workspace}/proposals/{proposed['id']}"
        arguments = {"id": made["card"]["id"], "title": "Edited"}
        edit = (
            "mutation ($p: ID!, $a: JSON!) { proposalUpdate(id: $p, input: {arguments: $a}) { proposal { revision } } }"
        )
        edited = await curl.ask(
            "POST", "/graphql", {"query": edit, "variables": {"p": proposed["id"], "a": arguments}}, status=200
        )
        revision = edited["data"]["proposalUpdate"]["proposal"]["revision"]
        stale = await curl.ask("POST", f"{path}/approve", {"revision": revision - 1}, status=409)
        expect("approved as it was before", stale["code"], "CONFLICT")
        approved = await curl.ask("POST", f"{path}/approve", {"revision": revision})
        expect("approved as it was edited", approved["status"], "applied")
        await stream.until("mission_status", status="completed")
        seen += stream.ids
    expect("events that came twice", len(seen) - len(set(seen)), 0)
    async with curl.stream("GET", follow, after=seen[0]) as stream:
        await stream.until("mission_status", status="completed")
        whole = [seen[0], *stream.ids]
    expect("what was seen through the cut is all that happened", seen, whole)
    card = await curl.ask("GET", f"{made['path']}/cards/{made['card']['id']}")
    expect("the card", card["title"], "Edited")


async def main(deliverables: int) -> int:
    """The day; the exit status."""
    async with served(script, PORT) as at:
        try:
            await at.end()
            models = at.environment.pop("ORRERY_MODELS")
            await at.start()
            print("without a model")
            place = await settled(f"http://127.0.0.1:{PORT}")
            await without_a_model(place, deliverables)
            await at.end()
            at.environment["ORRERY_MODELS"] = models
            await at.start()
            print("with a model")
            await supervised(place, deliverables)
        except UnexpectedError as error:
            print(f"FAILED: {error}")
            return 1
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--deliverables", type=int, default=DELIVERABLES)
    sys.exit(asyncio.run(main(parser.parse_args().deliverables)))
