"""`python -m tests.gateway.day_of_board`: a day with the agent board's interface, by the program `curl`.

From the first account of an installation to a project on a repository, a card that is worked out, goes through its
columns by itself, is asked about, revised and approved, and whose work nobody deletes before it is merged. Every step
says what it found; what is not as it should be ends it with 1.
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pygit2

from tests.agents.model_server import Json, Turn
from tests.agents.served import served
from tests.gateway.day_of_agents import Curl, UnexpectedError, expect

PORT = 3979
SECONDS = 40
PROMPT = "Mend the roof before it rains."
FIRST = {"email": "ann@example.org", "password": "a long password", "displayName": "Ann"}
WORKTREE = "mutation ($c: ID!) { worktreeCreate(cardId: $c) { worktree { path branch } } }"


def script(request: Json, before: int) -> Turn:
    """Where there is something to do, it is planned and asked about three times; a review finds nothing."""
    calls = {tool["function"]["name"] for tool in request.get("tools", ())}
    if "draft" in calls:
        return Turn("I would say it like this.", (("draft", {"prompt": PROMPT}),)) if before == 0 else Turn("So?")
    if "Look at what was done" in str(request["messages"]):
        return Turn("Nothing is missing.")
    if before < 3:
        plan = ("plan", {"steps": [{"title": "Climb up"}, {"title": "Mend", "done": False}]})
        ask = ("ask", {"question": "Shall I begin?"})
        return Turn("", (plan, ask) if before == 0 else (ask,))
    return Turn("The roof is mended.")


@dataclass(frozen=True, slots=True)
class Day:
    """Somebody's project; paths of the interface."""

    curl: Curl
    project: str

    @property
    def path(self) -> str:
        return f"/api/projects/{self.project}"

    async def data(self, method: str, path: str, body: object = None, status: int | None = None) -> Any:
        """What an answer holds."""
        return (await self.curl.ask(method, path, body, status))["data"]

    async def done(self, method: str, path: str, body: object = None) -> None:
        """Something that is answered without a word."""
        await self.curl.ask(method, path, body, 204)

    async def until(self, path: str, is_there: Callable[[Any], bool]) -> Any:
        """What is answered as soon as it is as it should be. Raises UnexpectedError where that takes too long."""
        found: Any = None
        for _ in range(SECONDS * 5):
            if is_there(found := await self.data("GET", path)):
                return found
            await asyncio.sleep(0.2)
        raise UnexpectedError(f"{path} stayed {found}")


async def first_account(url: str) -> Curl:
    """The person who runs the installation."""
    made = await Curl(url).ask("POST", "/api/auth/setup", FIRST)
    expect("the first account runs the installation", made["data"]["user"]["role"], "super_admin")
    again = await Curl(url).ask("POST", "/api/auth/setup", {**FIRST, "email": "bob@example.org"}, 409)
    expect("a second first account", again["error"]["code"], "CONFLICT")
    return Curl(url, made["data"]["token"])


def repository(folder: Path) -> None:
    """A repository with a file and a commit."""
    made = pygit2.init_repository(str(folder), initial_head="main")
    (folder / "roof.txt").write_text("leaks\n")
    made.index.add("roof.txt")
    made.index.write()
    somebody = pygit2.Signature("Ann", "ann@example.org")
    made.create_commit("HEAD", somebody, somebody, "The roof", made.index.write_tree(), [])


async def project_on(curl: Curl, roots: Path) -> Day:
    """An organization's project whose folder is a repository."""
    organization = (await curl.ask("POST", "/api/organizations", {"name": "Dome"}))["data"]
    slug = next(iter(await slugs(curl, organization["id"])))
    repository(roots / slug / "house")
    body = {"name": "House", "path": str(roots / slug / "house"), "organizationId": organization["id"]}
    made = (await curl.ask("POST", "/api/projects", body))["data"]
    expect("the project has a repository", made["isGit"], True)
    day = Day(curl, made["id"])
    expect("its files", await day.data("GET", f"{day.path}/files"), ["roof.txt"])
    return day


async def slugs(curl: Curl, organization: str) -> list[str]:
    """The slug of an organization, as the graph has it."""
    query = "query ($id: ID!) { node(id: $id) { ... on Organization { slug } } }"
    answer = await curl.ask("POST", "/graphql", {"query": query, "variables": {"id": organization}}, 200)
    return [answer["data"]["node"]["slug"]]


async def columns_of(day: Day) -> dict[str, str]:
    """The columns of the board by their names: two that agents work in, the second of which is asked for first."""
    found = await day.data("GET", f"{day.path}/columns")
    by_name = {column["name"]: column["id"] for column in found}
    expect("the first board's columns", list(by_name), ["Backlog", "In Progress", "Done"])
    busy = {"columnType": "active", "prompt": "Do what the card says."}
    await day.data("PATCH", f"{day.path}/columns/{by_name['In Progress']}", busy)
    review = {
        "name": "Review",
        "columnType": "active",
        "boardId": found[0]["boardId"],
        "prompt": "Look at what was done.",
        "requiresApproval": True,
    }
    by_name["Review"] = (await day.data("POST", f"{day.path}/columns", review))["id"]
    order = [by_name[name] for name in ("Backlog", "In Progress", "Review", "Done")]
    ordered = await day.data("PATCH", f"{day.path}/columns/reorder", {"ids": order})
    expect("in the order", [column["name"] for column in ordered], ["Backlog", "In Progress", "Review", "Done"])
    return by_name


async def worked_out(day: Day) -> str:
    """A card from outside, whose prompt is worked out with a model; its id."""
    card = (await day.data("POST", "/api/cards", {"projectId": day.project, "title": "Roof"}))["id"]
    began = await day.data("POST", f"{day.path}/pre-session", {"cardId": card})
    session = f"{day.path}/pre-session/{began['sessionId']}"
    await day.data("POST", f"{session}/message", {"content": "What should it say?"})
    for _ in range(SECONDS * 5):
        try:
            await day.curl.ask("POST", f"{session}/accept", status=200)
            break
        except UnexpectedError:  # there is no draft yet
            await asyncio.sleep(0.2)
    prompt = (await day.data("GET", f"{day.path}/cards/{card}"))["prompt"]
    expect("the card's prompt", prompt, PROMPT)
    return str(card)


async def goes_on_by_itself(day: Day, card: str, columns: dict[str, str]) -> None:
    """A run of the card in each column, with what people say in between."""
    path, agent = f"{day.path}/cards/{card}", f"{day.path}/cards/{card}/agent"
    await day.data("PATCH", f"{path}/auto-mode", {"enabled": True})
    moved = await day.data("PATCH", f"{path}/move", {"columnId": columns["In Progress"]})
    expect("moved to where agents work, one does", moved["hasActiveAgent"], True)
    run = await day.until(agent, lambda found: found["status"] == "waiting")
    refused = await day.curl.ask("DELETE", path, status=409)
    expect("deleted meanwhile", refused["error"]["code"], "AGENT_RUNNING")
    await day.data("POST", f"{agent}/message", {"content": "Mind the rain"})
    await day.until(f"{agent}/messages", lambda found: asked(found) == 2)
    refused = await day.curl.ask("POST", f"{agent}/plan-approve", {"approved": False}, 400)
    expect("refused without a word why", refused["error"]["code"], "BAD_USER_INPUT")
    await day.until(agent, lambda found: found["status"] == "waiting")
    await day.data("POST", f"{agent}/plan-approve", {"approved": False, "feedback": "From the ladder"}, 200)
    await day.until(f"{agent}/messages", lambda found: asked(found) == 3)
    await day.until(agent, lambda found: found["status"] == "waiting")
    await day.data("POST", f"{agent}/plan-approve", {"approved": True}, 200)
    held = await day.until(path, lambda found: bool(found["autoApprovalPending"]))
    expect("it waits where it is", held["columnId"], columns["In Progress"])
    await day.done("POST", f"{path}/approve-auto")
    ended = await day.until(path, lambda found: found["columnId"] == columns["Done"])
    expect("nobody works on it any more", ended["hasActiveAgent"], False)
    history = await day.data("GET", f"{agent}/history")
    expect(
        "its runs",
        [(run["status"], run["columnId"]) for run in history],
        [("success", columns["Review"]), ("success", columns["In Progress"])],
    )
    expect("the first of them", history[-1]["sessionId"], run["sessionId"])


def asked(found: Json) -> int:
    """How often the agent has asked."""
    return sum(message["content"] == "Shall I begin?" for message in found["messages"])


async def nothing_is_lost(day: Day, card: str) -> None:
    """Work that is not merged is told, and is deleted by force alone."""
    path = f"{day.path}/cards/{card}"
    body = {"query": WORKTREE, "variables": {"c": card}}
    made = (await day.curl.ask("POST", "/graphql", body, 200))["data"]["worktreeCreate"]["worktree"]
    await asyncio.to_thread(Path(made["path"], "roof.txt").write_text, "holds\n")
    diff = await day.data("GET", f"{path}/diff")
    expect(
        "the diff tells", [line for line in diff["diff"].splitlines() if line[:2] in ("-l", "+h")], ["-leaks", "+holds"]
    )
    refused = await day.curl.ask("DELETE", path, status=409)
    expect("deleted with that", refused["error"]["code"], "WORKTREE_DIRTY")
    await day.done("DELETE", f"{path}?force=true")


async def the_rest(day: Day) -> None:
    """What is done by hand, and taken along."""
    made = await day.data("POST", "/api/cards", {"projectId": day.project, "title": "Door"})
    await day.done("POST", f"{day.path}/cards/{made['id']}/complete")
    exported = await day.curl.ask("GET", f"{day.path}/export")
    expect("exported", [card["title"] for card in exported["cards"]], ["Door"])


async def main() -> int:
    """The day; the exit status."""
    with tempfile.TemporaryDirectory(prefix="orrery-roots-") as roots:
        settings = {"ORRERY_PROJECT_ROOTS": f"{roots}/{{org}}"}
        async with served(script, PORT, is_new=True, **settings):
            try:
                day = await project_on(await first_account(f"http://127.0.0.1:{PORT}"), Path(roots))
                columns = await columns_of(day)
                card = await worked_out(day)
                await goes_on_by_itself(day, card, columns)
                await nothing_is_lost(day, card)
                await the_rest(day)
            except UnexpectedError as error:
                print(f"FAILED: {error}")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
