"""What Orkosi's clients call things by: number and id name the same after an import, and after a kill."""

import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.gateway.process import serving
from tests.loopback import NO_TLS

BASE = "/orkosi/api"
PERSON = {"username": "rui", "email": "rui@example.org", "password": "a long password"}
CONSENTS = {"terms_accepted": True, "privacy_accepted": True}
HOME = "{ viewer { homeWorkspace { id } } }"
IMPORT = """
mutation ($w: ID!, $i: ProjectImportInput!) {
  projectImport(workspaceId: $w, input: $i) { project { number slug } }
}
"""
ALL = """
{
  viewer { homeWorkspace { projects(first: 10) { nodes { cards(first: 50) { nodes { id number title } } } } } }
}
"""
CARDS = 12

Names = dict[int, tuple[str, str]]
"""The id and the title of each task, by its number."""


def ask(http: httpx.Client, method: str, path: str, body: object = None) -> Any:
    answer = http.request(method, path, json=body)
    assert answer.is_success, answer.text
    return answer.json()


def graph(http: httpx.Client, query: str, **variables: Any) -> Any:
    answer = ask(http, "POST", "/graphql", {"query": query, "variables": variables})
    assert "errors" not in answer, answer
    return answer["data"]


def add_task(http: httpx.Client, title: str) -> Any:
    return ask(http, "POST", f"{BASE}/tasks", {"title": title})["data"]


def check_names(http: httpx.Client, names: Mapping[int, tuple[str, str]]) -> None:
    """Each number and each id leads to the same task, in each interface that knows it."""
    for number, (card_id, title) in names.items():
        by_number = ask(http, "GET", f"{BASE}/tasks/{number}")["data"]
        by_id = ask(http, "GET", f"{BASE}/tasks/{card_id}")["data"]
        in_graph = graph(http, "query ($id: ID!) { card(id: $id) { number title } }", id=card_id)["card"]
        on_the_board = ask(http, "GET", f"/api/cards/{card_id}")["data"]

        assert by_number == by_id
        assert (by_number["id"], by_number["title"]) == (number, title)
        assert in_graph == {"number": number, "title": title}
        assert (on_the_board["id"], on_the_board["title"]) == (card_id, title)


@pytest.mark.slow("a gateway that is started twice, each a process")
def test_number_and_id_name_the_same_task_after_an_import_and_after_a_kill(tmp_path: Path) -> None:
    # Given tasks that were made one by one, and a project that was imported after and before such
    with serving(tmp_path) as gateway, httpx.Client(base_url=gateway.url, verify=NO_TLS, timeout=60.0) as http:
        token = ask(http, "POST", f"{BASE}/auth/register", {**PERSON, **CONSENTS})["token"]
        http.headers["authorization"] = f"Bearer {token}"
        first = add_task(http, "Before")
        workspace_id = graph(http, HOME)["viewer"]["homeWorkspace"]["id"]
        given = {"project": {"name": "Brought"}, "cards": [{"title": f"Card {n}"} for n in range(CARDS)]}
        brought = graph(http, IMPORT, w=workspace_id, i=given)["projectImport"]["project"]
        last = add_task(http, "After")
        projects = graph(http, ALL)["viewer"]["homeWorkspace"]["projects"]["nodes"]
        cards = [card for project in projects for card in project["cards"]["nodes"]]
        names: Names = {card["number"]: (card["id"], card["title"]) for card in cards}

        # Then all have numbers of their own, which go on after the import
        assert sorted(names) == list(range(first["id"], first["id"] + CARDS + 2))
        assert last["id"] == max(names)
        check_names(http, names)
        product = ask(http, "GET", f"{BASE}/products/{brought['slug']}")["data"]
        assert (product["id"], product["name"]) == (brought["number"], "Brought")

        # When the gateway is killed
        gateway.end(signal.SIGKILL)

    # Then they are called the same afterwards, and what comes next is called by none of these
    with serving(tmp_path) as gateway, httpx.Client(base_url=gateway.url, verify=NO_TLS, timeout=60.0) as http:
        http.headers["authorization"] = f"Bearer {token}"
        check_names(http, names)
        assert ask(http, "GET", f"{BASE}/products/{brought['slug']}")["data"] == product
        assert add_task(http, "Later")["id"] == last["id"] + 1
