"""What Orkosi's client does with rules, files, the changelog and the search."""

import httpx

from tests.rest.conftest import Board, made
from tests.rest.orkosi_story import asked, base_of


async def orkosi_content(board: Board) -> None:
    """Every route of them."""
    ann, base = board.ann, base_of(board)
    await _rules(ann, base)
    await _files(ann, base)
    await _changelog(board, base)


async def _rules(ann: httpx.AsyncClient, base: str) -> None:
    rules = f"{base}/rules"
    rule = await asked(ann, "POST", rules, 201, rule="Write tests", permanent=True, scope="all")
    assert await asked(ann, "GET", f"{rules}?permanent=1") == [rule]
    assert await asked(ann, "GET", f"{rules}?scope=nobody") == []
    one = f"{rules}/{rule['id']}"
    refused = await ann.delete(one)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "FORBIDDEN")
    assert (await asked(ann, "PATCH", one, permanent=False, category="workflow"))["category"] == "workflow"
    assert await asked(ann, "DELETE", one) == {"id": rule["id"], "deleted": True}


async def _files(ann: httpx.AsyncClient, base: str) -> None:
    files = f"{base}/files"
    file = await asked(ann, "POST", files, 201, name="Soul", path="scout//SOUL.md", content="Light the beacon")
    again = await asked(ann, "POST", files, 201, name="Soul", path="/scout/SOUL.md", content="Douse the beacon")
    assert (again["id"], again["workspace"], again["content"]) == (file["id"], "scout", "Douse the beacon")
    assert await asked(ann, "GET", f"{files}/{file['id']}") == again
    without = {name: value for name, value in again.items() if name != "content"}
    assert await asked(ann, "GET", f"{files}?page=1&limit=1") == [without]
    assert await asked(ann, "GET", f"{files}?page=2&limit=1") == []
    assert await asked(ann, "GET", f"{files}/search?q=beacon&workspace=scout&ext=md") == [without]


async def _changelog(board: Board, base: str) -> None:
    card = await made(board.ann, f"{board.path}/columns/{board.done}/cards", title="Light the lamp")
    [entry] = [one for one in await asked(board.ann, "GET", f"{base}/changelog") if one["title"] == card["title"]]
    assert await asked(board.ann, "GET", f"{base}/changelog?task_id={card['id']}") == [entry]
    assert await asked(board.ann, "GET", f"{base}/changelog?agent=nobody") == []
    [day] = await asked(board.ann, "GET", f"{base}/changelog/summary")
    assert (day["areas"][0]["area"], "Light the lamp" in day["areas"][0]["titles"]) == ("Launch", True)
    feed = await board.ann.get(f"{base}/changelog/feed?limit=1")
    assert (feed.status_code, feed.headers["content-type"]) == (200, "application/rss+xml")
    found = await asked(board.ann, "GET", f"{base}/search?q=lamp")
    assert [task["title"] for task in found["tasks"]] == ["Light the lamp"]
