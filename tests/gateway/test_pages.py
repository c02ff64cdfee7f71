"""The built pages: where they are found, what guards them, and what is said where they are missing."""

import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway import pages
from tests.gateway.lab import Lab

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["/graphql", "/api/docs"]
BASE = "/orrery"


def client(dist: Path) -> httpx.AsyncClient:
    async def graphiql(_request: Request) -> Response:
        return pages.graphiql_page(dist, BASE)

    async def reference(_request: Request) -> Response:
        return pages.reference_page(dist, BASE)

    routes = [Route("/graphql", graphiql), Route("/api/docs", reference), *pages.page_routes(dist, BASE)]
    transport = httpx.ASGITransport(app=Starlette(routes=routes))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:3001")


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder as the build leaves it."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "graphiql-1a2b3c4d.js").write_text("export {};\n")
    (tmp_path / "graphiql.html").write_text(
        '<!doctype html><title>built GraphiQL</title><script src="./assets/graphiql-1a2b3c4d.js"></script>'
    )
    (tmp_path / "reference.html").write_text("<!doctype html><title>built reference</title>")
    return tmp_path


async def test_a_built_page_is_served_as_it_was_built(built: Path) -> None:
    async with client(built) as http:
        graphiql, reference = [await http.get(path) for path in PAGES]

    assert "built GraphiQL" in graphiql.text
    assert "built reference" in reference.text
    assert f'src="{BASE}/_web/assets/graphiql-1a2b3c4d.js"' in graphiql.text
    assert graphiql.headers["content-type"] == "text/html; charset=utf-8"
    assert graphiql.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", [*PAGES, "/_web/assets/graphiql-1a2b3c4d.js"])
async def test_every_answer_keeps_a_browser_to_this_host(built: Path, path: str) -> None:
    async with client(built) as http:
        response = await http.get(path)

    policy = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))
    assert response.status_code == 200
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["worker-src"] == "'self'"
    assert not re.search(r"https?:|\*|unsafe-eval|blob:", response.headers["content-security-policy"])
    assert response.headers["x-frame-options"] == "DENY"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"


def test_what_is_built_names_no_path_of_a_host() -> None:
    dist = pages.dist_folder()
    if not (dist / "graphiql.html").exists():
        pytest.skip("web/ has not been built here")

    for page in ("graphiql.html", "reference.html"):
        linked = re.findall(r'(?:src|href)="([^"]+)"', (dist / page).read_text(encoding="utf-8"))
        assert linked
        assert all(one.startswith("./assets/") for one in linked)
    for file in (dist / "assets").iterdir():
        assert b"/_web/assets" not in file.read_bytes()


async def test_a_hashed_file_may_be_kept_for_good(built: Path) -> None:
    async with client(built) as http:
        response = await http.get("/_web/assets/graphiql-1a2b3c4d.js")

    assert response.text == "export {};\n"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/_web/assets/none.js", "/_web/graphiql.html", "/_web/assets/..%2fgraphiql.html"])
async def test_nothing_but_the_hashed_files_is_served(built: Path, path: str) -> None:
    async with client(built) as http:
        response = await http.get(path)

    assert response.status_code == 404


@pytest.mark.parametrize("path", PAGES)
async def test_a_missing_page_says_what_is_missing_and_where_the_api_is(tmp_path: Path, path: str) -> None:
    async with client(tmp_path / "none") as http:
        response = await http.get(path)

    assert response.status_code == 200
    for needed in ("Node.js", "make run", "make web", "/graphql", f"{BASE}/api/docs/openapi.json", f"{BASE}/health"):
        assert needed in response.text
    assert str(tmp_path) not in response.text


async def test_a_missing_build_answers_not_found_for_its_files(tmp_path: Path) -> None:
    async with client(tmp_path / "none") as http:
        response = await http.get("/_web/assets/graphiql-1a2b3c4d.js")

    assert response.status_code == 404


async def test_pages_built_while_the_server_runs_appear_without_a_restart(tmp_path: Path) -> None:
    async with client(tmp_path) as http:
        before = await http.get("/graphql")
        (tmp_path / "graphiql.html").write_text("<title>built later</title>")
        after = await http.get("/graphql")

    assert "not built yet" in before.text
    assert "built later" in after.text


def test_the_pages_of_a_repository_are_those_that_web_builds() -> None:
    assert pages.dist_folder() == ROOT / "web" / "dist"


def test_an_installed_gateway_finds_the_pages_it_carries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pages, "HERE", tmp_path / "gateway")

    assert pages.dist_folder() == tmp_path / "gateway" / "_web"


def test_the_lock_file_of_the_pages_pins_by_hash_and_holds_no_address() -> None:
    lock = (ROOT / "web" / "package-lock.json").read_text(encoding="utf-8")

    assert '"integrity": "sha512-' in lock
    assert "://" not in lock


@pytest.mark.parametrize(
    "path", ["/account/verify-email", "/account/reset-password", "/invitations/accept", "/invitations/any-token/accept"]
)
async def test_a_link_of_a_mail_opens_a_page_that_changes_nothing_and_loads_from_here_alone(
    lab: Lab, path: str
) -> None:
    answer = await lab.client().get(path)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert re.findall(r'src="([^"]+)"', answer.text) == ["/account/page.js"]
    script = await lab.client().get("/account/page.js")
    assert script.headers["content-type"].startswith("text/javascript")
