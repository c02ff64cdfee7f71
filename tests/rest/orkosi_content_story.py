"""What Orkosi's client does with rules and files."""

import httpx

from tests.rest.conftest import Board
from tests.rest.orkosi_story import asked, base_of


async def orkosi_content(board: Board) -> None:
    """Every route of them."""
    ann, base = board.ann, base_of(board)
    await _rules(ann, base)
    await _files(ann, base)


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
