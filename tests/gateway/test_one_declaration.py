"""A field that is declared on a model, and nowhere else, is met at every door.

A gateway is started out of a copy of the product whose card has one field more, by one line.
"""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.gateway.lab import HOME, PASSWORD, REGISTER, Board, Person, make_board
from tests.gateway.process import ROOT, serving_from
from tests.test_layout import ROOMS

BESIDE = {*ROOMS, "graphql", "web"} - {"models"}
BEFORE = '    archived: Annotated[bool, Facts("Whether it is taken out of sight."'
FIELD = """\
    effort: Annotated[
        str | None, Facts("How much work it is.", SHOWN | WRITTEN | LISTED | TRANSFER | TEMPLATE, text=TITLE)
    ] = None
    checker_id: Annotated[
        PydanticObjectId | None, Facts("Who checks it.", SHOWN | FILTER, refers=Kind.USER)
    ] = None
"""
UPDATE = """
mutation ($id: ID!, $input: CardUpdateInput!) { cardUpdate(id: $id, input: $input) { card { effort } } }
"""
LISTED = """
query ($project: ID!) { project(id: $project) {
  large: cards(filter: {effort: {eq: "large"}}) { nodes { title } }
  sorted: cards(orderBy: [{field: EFFORT, direction: DESC}]) { nodes { title effort } }
} }
"""
TOLD = """
{
  card: __type(name: "Card") { fields { name description } }
  filter: __type(name: "CardFilter") { inputFields { name description type { name } } }
  order: __type(name: "CardOrderField") { enumValues { name description } }
  create: __type(name: "CardCreateInput") { inputFields { name description } }
  update: __type(name: "CardUpdateInput") { inputFields { name description } }
}
"""
CHECKED = """
query ($project: ID!) { project(id: $project) {
  cards(filter: {checker: {null: true}}) { nodes { title checker { name } } }
} }
"""
CARDS = "query ($project: ID!) { project(id: $project) { cards { nodes { title effort } } } }"
TEMPLATE = """
mutation ($input: TemplateCreateFromProjectInput!) { templateCreateFromProject(input: $input) { template { id } } }
"""
PROJECT = "mutation ($input: ProjectCreateInput!) { projectCreate(input: $input) { project { id } } }"


@dataclass(frozen=True, slots=True)
class Wider:
    """The board of a gateway whose cards have an effort, and the address of its workspace over REST."""

    board: Board
    path: str

    async def rest(self, method: str, path: str, body: Any = None) -> Any:
        """What a route answers that must not fail."""
        answer = await self.board.ann.http.request(method, self.path + path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def cards(self, project: str) -> list[Any]:
        found: list[Any] = (await self.board.ann.ask(CARDS, project=project))["project"]["cards"]["nodes"]
        return found


@pytest.fixture(scope="module")
async def wider(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Wider]:
    """Two cards, one large and one without an effort."""
    root = tmp_path_factory.mktemp("wider")
    for room in sorted(BESIDE):
        (root / room).symlink_to(ROOT / room)
    shutil.copytree(ROOT / "models", root / "models")
    _add_field(root / "models" / "card.py")
    with serving_from(root, tmp_path_factory.mktemp("data")) as gateway:
        async with httpx.AsyncClient(base_url=gateway.url, timeout=60) as http:
            values = {"email": "ann@example.com", "password": PASSWORD}
            answer = await http.post("/graphql", json={"query": REGISTER, "variables": {"input": values}})
            made = answer.json()["data"]["authRegister"]
            http.headers["authorization"] = f"Bearer {made['accessToken']}"
            board = await make_board(Person(http, made["user"]["id"], made["accessToken"], values["email"]))
            workspace = (await board.ann.ask(HOME))["organizations"]["nodes"][0]["workspaces"]["nodes"][0]
            await board.card("Big", effort="large")
            await board.card("Plain")
            yield Wider(board, f"/orgs/{board.org_slug}/workspaces/{workspace['slug']}/projects")


def _add_field(model: Path) -> None:
    source = model.read_text()
    assert source.count(BEFORE) == 1
    model.write_text(source.replace(BEFORE, FIELD + BEFORE))


async def test_the_graph_tells_of_a_declared_field_wherever_it_is_met(wider: Wider) -> None:
    told = await wider.board.ann.ask(TOLD)

    kinds = {kind: next(iter(fields.values())) for kind, fields in told.items()}
    found = {
        kind: next(field for field in fields if field["name"] in ("effort", "EFFORT")) for kind, fields in kinds.items()
    }
    assert {kind: field["description"] for kind, field in found.items()} == {
        "card": "How much work it is.",
        "filter": "How much work it is.",
        "order": "How much work it is; none comes first.",
        "create": "How much work it is, 1 to 500 characters.",
        "update": "How much work it is; null clears it.",
    }
    assert found["filter"]["type"]["name"] == "StringComparator"


async def test_a_declared_field_is_filtered_and_sorted_by(wider: Wider) -> None:
    project = (await wider.board.ann.ask(LISTED, project=wider.board.project))["project"]

    assert project["large"]["nodes"] == [{"title": "Big"}]
    assert project["sorted"]["nodes"] == [{"title": "Big", "effort": "large"}, {"title": "Plain", "effort": None}]


async def test_a_declared_reference_is_an_edge_of_the_graph_and_an_id_over_rest(wider: Wider) -> None:
    project = (await wider.board.ann.ask(CHECKED, project=wider.board.project))["project"]
    shown = await wider.rest("GET", f"/{wider.board.project}/cards")

    assert project["cards"]["nodes"] == [{"title": "Big", "checker": None}, {"title": "Plain", "checker": None}]
    assert [card["checkerId"] for card in shown] == [None, None]


async def test_a_declared_field_is_written_and_read_over_rest(wider: Wider) -> None:
    cards = f"/{wider.board.project}/cards"

    made = await wider.rest("POST", cards, {"title": "Small", "effort": "small"})
    changed = await wider.rest("PATCH", f"{cards}/{made['id']}", {"effort": "tiny"})
    cleared = await wider.board.ann.ask(UPDATE, id=made["id"], input={"effort": None})
    refused = await wider.board.ann.http.patch(f"{wider.path}{cards}/{made['id']}", json={"effort": "x" * 501})
    await wider.board.ann.http.delete(f"{wider.path}{cards}/{made['id']}")

    assert (made["effort"], changed["effort"]) == ("small", "tiny")
    assert cleared == {"cardUpdate": {"card": {"effort": None}}}
    assert (refused.status_code, refused.json()["details"]) == (400, {"field": "effort"})


async def test_openapi_tells_of_a_declared_field(wider: Wider) -> None:
    document = (await wider.board.ann.http.get("/api/docs/openapi.json")).json()

    schemas = document["components"]["schemas"].items()
    having = {name for name, schema in schemas if "effort" in schema.get("properties", {})}
    assert having == {"Card", "CardUpdate", "ExportedCard", "ImportedCard"}
    bodies = [
        path["post"]["requestBody"]["content"]["application/json"]["schema"]
        for name, path in document["paths"].items()
        if name.endswith("/workspaces/{wsSlug}/projects/{projectId}/cards")
    ]
    assert [body["properties"]["effort"]["description"] for body in bodies] == [
        "How much work it is, 1 to 500 characters."
    ]


async def test_the_file_of_a_project_carries_a_declared_field(wider: Wider) -> None:
    file = await wider.rest("GET", f"/{wider.board.project}/export")
    imported = await wider.rest("POST", "/import", file)

    assert [card["effort"] for card in file["cards"]] == ["large", None]
    assert await wider.cards(imported["id"]) == await wider.cards(wider.board.project)


async def test_a_template_carries_a_declared_field(wider: Wider) -> None:
    ann, given = wider.board.ann, {"projectId": wider.board.project, "name": "Ours", "includeCards": True}

    saved = (await ann.ask(TEMPLATE, input=given))["templateCreateFromProject"]["template"]["id"]
    project = {"workspaceId": wider.board.workspace, "name": "Again", "template": saved}
    made = (await ann.ask(PROJECT, input=project))["projectCreate"]["project"]["id"]

    assert await wider.cards(made) == [{"title": "Big", "effort": "large"}, {"title": "Plain", "effort": None}]
