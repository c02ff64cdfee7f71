"""`python -m tests.gateway.day_of_orkosi`: a day with Orkosi's interface, by the program `curl`.

From an account to an organization whose agent has a product's task to do: it is asked whether it need begin, does what
is next, and what came of that is in the changelog, its feed and the graph; who follows a subscription is told each step
once. Two workers claim a job, tokens are used up, an engine looks for work. A key is used, rotated and revoked. A
backup is made, and restored into another data folder, whose gateway knows the same objects by the same names. Every
step says what it found; what is not as it should be ends it with 1.
"""

import asyncio
import sys
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from tests.agents.model_server import Json, Turn
from tests.agents.served import Served, served
from tests.gateway.day_of_agents import Curl, UnexpectedError, expect

PORT = 3981
SECONDS = 40
BASE = "/orkosi/api"
REGISTER = {"username": "rui", "email": "rui@example.org", "password": "a long password"}
GRANT = "mutation ($i: WalletGrantInput!) { walletGrant(input: $i) { entry { balance } } }"
EVENTS = """
subscription ($w: ID!) { workspaceEvents(workspaceId: $w, types: [
  "ProjectCreated", "AgentCreated", "CardCreated", "CardMoved", "ChangelogEntryAdded", "ActivityRecorded"
]) {
  __typename
  ... on CardMoved { card { stage } }
  ... on ActivityRecorded { activity { type } }
} }
"""
QUEUES = "{ viewer { homeWorkspace { queues { nodes { id cursor } } } } }"
OF_QUEUE = """
subscription ($q: ID!, $after: Cursor) { queueEvents(queueId: $q, after: $after) {
  __typename
  ... on JobChanged { job { state worker queue { open completed } } }
} }
"""
STEPS = [
    ("ProjectCreated", None),
    ("AgentCreated", None),
    ("CardCreated", None),
    ("CardMoved", "IN_PROGRESS"),
    ("CardMoved", "DONE"),
    ("ChangelogEntryAdded", None),
]
ENDED = ("COMPLETED", "FAILED")
CARD = "query ($id: ID!) { card(id: $id) { number title type resolution stage project { slug } } }"


def script(_request: Json, _before: int) -> Turn:
    """Nobody asks a model."""
    return Turn("Nothing is to be done.")


@dataclass(frozen=True, slots=True)
class Day:
    """Somebody's requests below a base, by a token or by a key."""

    curl: Curl
    base: str = BASE

    async def whole(self, method: str, path: str, body: object = None, status: int | None = None) -> Any:
        """An answer, with what is said beside it."""
        return await self.curl.ask(method, self.base + path, body, status)

    async def data(self, method: str, path: str, body: object = None, status: int | None = None) -> Any:
        """What an answer holds."""
        return (await self.whole(method, path, body, status))["data"]


async def registered(url: str) -> Day:
    """Somebody new, who has agreed to both texts."""
    refused = await Curl(url).ask("POST", f"{BASE}/auth/register", {**REGISTER, "terms_accepted": True}, 400)
    expect("registered without consent", refused["error"]["code"], "BAD_USER_INPUT")
    agreed = {**REGISTER, "terms_accepted": True, "privacy_accepted": True}
    made = await Curl(url).ask("POST", f"{BASE}/auth/register", agreed)
    expect("who that is", made["user"]["username"], "rui")
    again = await Curl(url).ask("POST", f"{BASE}/auth/register", agreed, 409)
    expect("registered again", again["error"]["code"], "CONFLICT")
    return Day(Curl(url, made["token"]))


async def key_of(day: Day) -> tuple[Day, str]:
    """A program of the organization, by the key that it has, and where the key is."""
    [home] = await day.data("GET", "/organizations")
    keys = f"/organizations/{home['id']}/api-keys"
    made = await day.data("POST", keys, {"name": "Agents"})
    [listed] = await day.data("GET", keys)
    expect("the list hides its text", made["key"] in str(listed), False)
    return Day(Curl(day.curl.url, made["key"])), f"{keys}/{made['id']}"


async def begun(day: Day, key: Day) -> int:
    """A product and an agent with a task of it; the task's number."""
    product = await day.data("POST", "/products", {"name": "Telescope"})
    set_up = await day.data("POST", "/agents", {"name": "felix", "interval_sec": 600}, 200)
    expect("an agent is set up", set_up["agent"]["name"], "felix")
    nothing = await key.curl.ask("GET", f"{BASE}/agent-runs/idle-check?agent_name=felix")
    expect("before there is a task", nothing, {"skip": True, "reason": "no_tasks"})
    stranger = await Curl(day.curl.url).ask("GET", f"{BASE}/agent-runs/idle-check?agent_name=felix")
    expect("a stranger asks", stranger["skip"], False)
    body = {"title": "Polish", "product_slug": product["slug"], "assignee": "felix", "type": "ops", "colour": "red"}
    made = await key.whole("POST", "/tasks", body)
    expect("what nobody reads is told", made["meta"]["ignored_fields"], ["colour"])
    again = await key.whole("POST", "/tasks", body)
    expect("filed again", (again["data"]["id"], again["meta"]["deduplicated"]), (made["data"]["id"], True))
    waiting = await key.curl.ask("GET", f"{BASE}/agent-runs/idle-check?agent_name=felix")
    expect("now there is one", waiting["skip"], False)
    return int(made["data"]["id"])


async def done(day: Day, key: Day, number: int) -> None:
    """What is next is done, and told wherever that is read."""
    [following] = await key.data("GET", "/tasks?next=true&assignee=felix")
    expect("what is next", following["id"], number)
    await key.data("PATCH", f"/v1/public/tasks/{number}", {"status": "in_progress"})
    change = {"status": "done", "resolution": "It shines"}
    expect("done", (await key.data("PATCH", f"/tasks/{number}", change))["status"], "done")
    expect("nothing is next", await key.data("GET", "/tasks?next=true&assignee=felix"), [])
    expect("the changelog", [entry["title"] for entry in await day.data("GET", "/changelog")], ["Polish"])
    process = await asyncio.create_subprocess_exec(
        *day.curl.command("GET", f"{BASE}/changelog/feed"), stdout=asyncio.subprocess.PIPE
    )
    feed = ElementTree.fromstring((await process.communicate())[0])  # noqa: S314  (our own)
    expect("its feed", [item.findtext("title") for item in feed.iter("item")], ["Polish"])
    found = (await day.data("GET", f"/search?q={number}"))["tasks"]
    expect("found by its number", [task["id"] for task in found], [number])


async def home_of(day: Day) -> str:
    """The id of the workspace that somebody works in."""
    asked = await day.curl.ask("POST", "/graphql", {"query": "{ viewer { homeWorkspace { id } } }"}, 200)
    return str(asked["data"]["viewer"]["homeWorkspace"]["id"])


async def followed(day: Day, key: Day) -> int:
    """A task is filed and done while somebody follows, who is told each step once; the task's number."""
    subscription = {"query": EVENTS, "variables": {"w": await home_of(day)}}
    async with day.curl.stream("POST", "/graphql", subscription) as stream:
        await stream.whole(lambda data: _event(data)["__typename"] == "StreamReady")
        number = await begun(day, key)
        await done(day, key, number)
        await told(day)
        events = [*map(_event, await stream.whole(lambda data: _event(data).get("activity") == {"type": "NOTICE"}))]
    steps = [(each["__typename"], each.get("card", {}).get("stage")) for each in events if "activity" not in each]
    expect("what a subscription was told", sorted(steps, key=STEPS.index), STEPS)
    return number


def _event(data: Json) -> Json:
    event: Json = data["data"]["workspaceEvents"]
    return event


async def in_the_graph(day: Day, number: int) -> str:
    """The same objects by another door; the id of the card."""
    query = "query ($w: ID!) { workspaceCards(input: {workspaceId: $w}) { nodes { id number } } }"
    workspace = await home_of(day)
    answer = await day.curl.ask("POST", "/graphql", {"query": query, "variables": {"w": workspace}}, 200)
    [card] = [card["id"] for card in answer["data"]["workspaceCards"]["nodes"] if card["number"] == number]
    answer = await day.curl.ask("POST", "/graphql", {"query": CARD, "variables": {"id": card}}, 200)
    expect("the card", (answer["data"]["card"]["title"], answer["data"]["card"]["resolution"]), ("Polish", "It shines"))
    expect("by its id", (await day.data("GET", f"/tasks/{card}"))["id"], number)
    return str(card)


async def told(day: Day) -> None:
    """A notice is read by whoever is told."""
    before = (await day.data("GET", "/notifications/unread-count"))["count"]
    await day.data("POST", "/notifications", {"title": "Soon", "message": "The dome opens", "type": "warning"})
    for _ in range(SECONDS * 5):  # everybody is told a moment later
        if (unread := (await day.data("GET", "/notifications/unread-count"))["count"]) > before:
            break
        await asyncio.sleep(0.2)
    expect("one more is unread", unread, before + 1)
    await day.data("PATCH", "/notifications/read-all")
    expect("none is", (await day.data("GET", "/notifications/unread-count"))["count"], 0)


async def rotated(day: Day, key: Day, at: str) -> None:
    """A key is given another text; the one before counts for a while, and none once it is revoked."""
    made = await day.data("POST", f"{at}/rotate", {"grace_hours": 1}, 200)
    new = Day(Curl(day.curl.url, made["key"]))
    for name, one in (("before", key), ("now", new)):
        expect(f"the text of {name} counts", len(await one.data("GET", "/tasks")), 1)
    await day.data("POST", f"{at}/revoke", None, 200)
    for one in (key, new):
        refused = await one.whole("GET", "/tasks", None, 401)
        expect("revoked", refused["error"]["code"], "UNAUTHENTICATED")


async def claimed(day: Day, key: Day) -> None:
    """Of two workers one has the job, and says once what came of it, which who follows the queue is told."""
    job = {"task_type": "align", "payload": {"axis": 2}, "idempotency_key": "dawn"}
    submitted = await key.data("POST", "/task-queue/submit", job)
    [queue] = (await day.curl.ask("POST", "/graphql", {"query": QUEUES}, 200))["data"]["viewer"]["homeWorkspace"][
        "queues"
    ]["nodes"]
    watched = {"query": OF_QUEUE, "variables": {"q": queue["id"], "after": queue["cursor"]}}
    async with day.curl.stream("POST", "/graphql", watched) as stream:
        await worked_off(key, job, submitted)
        steps = [
            data["data"]["queueEvents"]
            for data in await stream.whole(
                lambda data: data["data"]["queueEvents"].get("job", {}).get("state") in ENDED
            )
        ]
    states = [(step["job"]["state"], step["job"]["worker"]) for step in steps if "job" in step]
    expect("what a subscription to the queue was told", states, [("ACTIVE", "a"), ("COMPLETED", "a")])
    expect("what the queue counts then", steps[-1]["job"]["queue"], {"open": 0, "completed": 1})


async def worked_off(key: Day, job: Json, submitted: Json) -> None:
    """A job that was submitted comes to its end, once."""
    expect("submitted again", (await key.data("POST", "/task-queue/submit", job))["id"], submitted["id"])
    claims = [await key.data("POST", "/task-queue/claim", {"worker_id": name}, 200) for name in ("a", "b")]
    expect("two claims", [claim and claim["payload"] for claim in claims], [{"axis": 2}, None])
    lease, at = {"lease_token": claims[0]["lease_token"]}, f"/task-queue/{submitted['id']}"
    expect("completed", (await key.data("POST", f"{at}/complete", lease, 200))["status"], "completed")
    late = await key.whole("POST", f"{at}/fail", {**lease, "error": "Late"}, 409)
    expect("said again", late["error"]["code"], "CONFLICT")


async def command(at: Served, *arguments: str) -> None:
    """A command of the gateway, to its end."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "gateway", *arguments, env=at.environment)
    expect(f"the command {arguments[0]} ends with", await process.wait(), 0)


async def spent(day: Day) -> None:
    """Tokens are used up once by each reference, and never below 0."""
    before = (await day.data("GET", "/tokens/balance"))["balance"]
    asked = await day.curl.ask(
        "POST", "/graphql", {"query": "{ viewer { homeWorkspace { organization { id } } } }"}, 200
    )
    given = {"ownerId": asked["data"]["viewer"]["homeWorkspace"]["organization"]["id"], "amount": 100}
    grant = {"query": GRANT, "variables": {"i": given}}
    granted = (await day.curl.ask("POST", "/graphql", grant, 200))["data"]["walletGrant"]["entry"]["balance"]
    expect("tokens that were given", granted - before, 100)
    use = {"amount": 60, "action": "render", "reference_id": "night"}
    used = await asyncio.gather(*(day.data("POST", "/tokens/consume", use, 200) for _ in range(2)))
    expect("used up twice by one reference", [entry["balance"] for entry in used], [before + 40] * 2)
    refused = await day.whole("POST", "/tokens/consume", {**use, "amount": before + 41, "reference_id": "day"}, 402)
    expect("more than there is", refused["error"]["code"], "INSUFFICIENT_BALANCE")
    expect("what is left", (await day.data("GET", "/tokens/balance"))["balance"], before + 40)


async def discovered(day: Day) -> None:
    """An engine looks for work, finds none, and says what that cost."""
    engine = await day.data("POST", "/discovery-engines", {"name": "Dust", "layer": "optics"})
    begun = await day.data("POST", f"/discovery-engines/{engine['slug']}/run", None, 200)
    for _ in range(SECONDS * 5):
        [run] = (await day.data("GET", f"/discovery-engines/{engine['slug']}"))["runs"]
        if run["status"] in ("completed", "failed"):
            break
        await asyncio.sleep(0.2)
    expect("the run", (run["id"], run["status"], run["task_count"]), (begun["id"], "completed", 0))
    [figures] = await day.data("GET", "/discovery-engines/efficiency")
    expect("runs, and those for nothing", (figures["total_runs"], figures["wasted_runs"]), (1, 1))


async def backed_up(day: Day) -> str:
    """A backup, once it is whole; its name."""
    begun = await day.data("POST", "/backups/trigger", None, 200)
    for _ in range(SECONDS):
        if not (await day.data("GET", "/backups/stats"))["running"]:
            break
        await asyncio.sleep(1)
    [listed] = await day.data("GET", "/backups")
    expect("the backup that is listed", listed["filename"], begun["filename"])
    expect("copied elsewhere", (await day.data("GET", "/backups/github-status"))["configured"], False)
    return str(begun["filename"])


async def restored(at: Served, name: str) -> Day:
    """Somebody at a gateway over another data folder, into which a backup was restored."""
    await at.end()
    at.environment = {**at.environment, "ORRERY_DATA_DIR": str(at.folder / "restored")}
    await command(at, "restore", str(at.folder / "data" / "backups" / name))
    await at.start()
    account = {"email": REGISTER["email"], "password": REGISTER["password"]}
    signed_in = await Curl(at.client.url).ask("POST", f"{BASE}/auth/login", account, 200)
    return Day(Curl(at.client.url, signed_in["token"]))


async def main() -> int:
    """The day; the exit status."""
    async with served(script, PORT, is_new=True) as at:
        try:
            day = await registered(f"http://127.0.0.1:{PORT}")
            key, place = await key_of(day)
            number = await followed(day, key)
            card = await in_the_graph(day, number)
            await claimed(day, key)
            await at.end()  # which owns the data folder
            await command(at, "admin", "grant", REGISTER["email"])
            await at.start()
            await spent(day)
            await discovered(day)
            await rotated(day, key, place)
            again = await restored(at, await backed_up(day))
            expect(
                "who was signed in", (await day.whole("GET", "/tasks", None, 401))["error"]["code"], "UNAUTHENTICATED"
            )
            expect("by its number, after a restore", (await again.data("GET", f"/tasks/{number}"))["title"], "Polish")
            expect("and its id in the graph", await in_the_graph(again, number), card)
        except UnexpectedError as error:
            print(f"FAILED: {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
