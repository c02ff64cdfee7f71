"""Behind a proxy, under a public address of another host, port or path: everything leads back to where it came from."""

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from gateway.app import create_app
from gateway.database import Database
from gateway.settings import Settings
from tests.gateway.lab import PASSWORD, REGISTER, Board, Lab, Person, make_board
from tests.loopback import NO_TLS
from tests.resolvers.lab import PICTURE
from tests.serving.proxy_lab import Rewrite, drops_port, names_upstream, passes_all, proxy, strips
from tests.serving.transports.websocket_lab import greet, hear, say
from tests.serving.wire_lab import EVENTS, gateway_of, on_port

PROTOCOL = Subprotocol("graphql-transport-ws")
FILE = b"a plain text"
UPLOAD = "mutation ($i: AttachmentCreateInput!) { attachmentCreate(input: $i) { attachment { url } } }"


@dataclass
class Front:
    """A gateway as its users reach it: by `http`, a client at the proxy; `base` is the public path."""

    http: httpx.AsyncClient
    proxied: str
    public: str
    base: str
    mail: Path

    @property
    def origin(self) -> str:
        """That of its pages."""
        return self.public.removesuffix(self.base)

    def socket(self, origin: str) -> connect:
        """One of a page of this origin, which knows the gateway by its public address."""
        host, port = self.proxied.split(":")
        return connect(
            f"ws://{urlsplit(self.public).netloc}{self.base}/graphql",
            host=host,
            port=int(port),
            subprotocols=[PROTOCOL],
            origin=Origin(origin),
            proxy=None,
        )


@asynccontextmanager
async def front(settings: Settings, database: Database, public: str, *rewrites: Rewrite) -> AsyncIterator[Front]:
    base = urlsplit(public).path
    async with (
        gateway_of(replace(settings, public_url=public), database) as upstream,
        proxy(upstream, *rewrites) as proxied,
        httpx.AsyncClient(
            verify=NO_TLS, base_url=f"http://{proxied}", headers={"host": urlsplit(public).netloc}, timeout=60
        ) as http,
    ):
        yield Front(http, proxied, public, base, settings.data_dir / "mail")


async def register(at: Front) -> Person:
    email = f"ann-{secrets.token_hex(4)}@example.com"
    values = {"email": email, "password": PASSWORD, "name": "Ann"}
    answer = await at.http.post(f"{at.base}/graphql", json={"query": REGISTER, "variables": {"input": values}})
    made = answer.json()["data"]["authRegister"]
    client = httpx.AsyncClient(
        verify=NO_TLS,
        base_url=f"http://{at.proxied}{at.base}",
        headers={"host": at.http.headers["host"], "authorization": f"Bearer {made['accessToken']}"},
        timeout=60,
    )
    return Person(client, made["user"]["id"], made["accessToken"], email)


@pytest.mark.parametrize(
    ("public", "rewrites"),
    [
        ("https://orrery.example", [passes_all]),
        ("https://orrery.example", [names_upstream]),
        ("https://orrery.example:8443", [passes_all]),
        ("https://orrery.example:8443", [drops_port]),
        ("https://example.org/tools/orrery", [passes_all]),
        ("https://example.org/tools/orrery", [strips("/tools/orrery")]),
        ("https://example.org/tools/orrery", [strips("/tools/orrery"), names_upstream]),
    ],
    ids=["host", "own host", "port", "no port", "path kept", "path stripped", "path stripped, own host"],
)
async def test_everything_works_behind_a_proxy_and_leads_back_through_it(
    settings: Settings, database: Database, clean: Database, public: str, rewrites: list[Rewrite]
) -> None:
    async with front(settings, database, public, *rewrites) as at:
        # GraphQL by POST from a page of the public address, REST, and cookies that stay below its path
        ann = await register(at)
        signed = await at.http.post(
            f"{at.base}/auth/login", json={"email": ann.email, "password": PASSWORD}, headers={"origin": at.origin}
        )
        assert signed.status_code == 201
        assert {re.findall(r"(?i)path=([^;]+)", one)[0] for one in signed.headers.get_list("set-cookie")} == {
            at.base or "/"
        }

        # A socket and an event stream of such a page
        board = await make_board(ann)
        async with at.socket(at.origin) as socket:
            await greet(socket, authorization=f"Bearer {ann.token}")
            await say(socket, "subscribe", id="1", payload={"query": EVENTS, "variables": {"p": board.project}})
            assert (await hear(socket))["payload"]["data"]["projectEvents"]["__typename"] == "StreamReady"
        query = {"query": EVENTS, "variables": json.dumps({"p": board.project})}
        accept = {"accept": "text/event-stream"}
        async with ann.http.stream("GET", "/graphql", params=query, headers=accept) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")

        # A page of elsewhere has no socket
        with pytest.raises(InvalidStatus, match="403"):
            async with at.socket("https://evil.example"):
                pytest.fail("it was opened")

        # The links of files, pages, the document and of mails
        await leads_back(at, ann, board)


async def leads_back(at: Front, ann: Person, board: Board) -> None:
    card = await board.card("One")
    sent = {"query": UPLOAD, "variables": {"i": {"cardId": card, "file": None}}}
    form = {"operations": json.dumps(sent), "map": json.dumps({"0": ["variables.i.file"]})}
    made = await ann.http.post("/graphql", data=form, files={"0": ("a.txt", FILE, "text/plain")})
    file = made.json()["data"]["attachmentCreate"]["attachment"]["url"]
    assert (await at.http.get(file)).content == FILE

    home = await at.http.get(f"{at.base}/")
    assert (home.status_code, home.headers["location"]) == (307, f"{at.base}/graphql")
    for path in ("/graphql", "/api/docs", "/account/verify-email", "/invitations/any/accept"):
        page = await at.http.get(at.base + path, headers={"accept": "text/html"})
        links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert links
        for link in links:
            assert (await at.http.get(link)).status_code in (200, 503), link

    document = (await at.http.get(f"{at.base}/api/docs/openapi.json")).json()
    assert document["servers"] == [{"url": at.public}]

    picture = await ann.http.put("/auth/me/avatar", content=PICTURE, headers={"content-type": "image/png"})
    assert picture.status_code == 200
    addresses = [
        (await ann.http.get("/auth/me")).json()["user"]["avatarUrl"],
        (await ann.ask("{ viewer { avatarUrl } }"))["viewer"]["avatarUrl"],
    ]
    for address in addresses:
        assert (await ann.http.get(f"http://{at.proxied}{address}")).content[:4] == PICTURE[:4]

    link = await link_in_mail(at, ann.email)
    assert link.startswith(f"{at.public}/account/verify-email#")
    confirmed = await at.http.post(f"{at.base}/auth/verify-email", json={"token": link.partition("#")[2]})
    assert confirmed.status_code == 201
    await ann.http.aclose()


async def link_in_mail(at: Front, email: str) -> str:
    """The link of the first mail to an address."""
    async with asyncio.timeout(60):
        while True:
            for file in at.mail.glob("*"):
                mail = message_from_bytes(file.read_bytes(), policy=policy.default)
                body = mail.get_body(("plain",))
                found = None if body is None else re.search(r"https?://\S+#[\w.-]+", body.get_content())
                if mail["to"] == email and found:
                    return found[0]
            await asyncio.sleep(0.05)


async def test_without_a_public_address_a_host_that_a_proxy_rewrote_opens_no_socket(
    settings: Settings, database: Database, clean: Database
) -> None:
    async with gateway_of(settings, database) as upstream, proxy(upstream, names_upstream) as proxied:
        with pytest.raises(InvalidStatus, match="403"):
            async with connect(f"ws://{proxied}/graphql", origin=Origin("https://orrery.example"), proxy=None):
                pytest.fail("it was opened")


@pytest.mark.parametrize("path", ["/health/", "/graphql/", "/auth/me/", "/api/docs/openapi.json/", "/projects/"])
async def test_a_slash_too_many_is_answered_in_place(board: Board, path: str) -> None:
    plain, slashed = [await board.ann.http.get(one, params={"query": "{ __typename }"}) for one in (path[:-1], path)]

    assert (slashed.status_code, slashed.headers.get("location")) == (plain.status_code, None)
    assert slashed.text == plain.text


async def test_a_slash_too_many_costs_a_mutation_or_a_socket_nothing(board: Board, address: str) -> None:
    made = await board.ann.http.post("/graphql/", json={"query": "{ viewer { id } }"})
    async with connect(f"ws://{address}/graphql/", subprotocols=[PROTOCOL], proxy=None) as socket:
        await greet(socket)

    assert made.json()["data"]["viewer"]["id"] == board.ann.id


@pytest.mark.parametrize(
    ("target", "host", "status"),
    [
        ("http://127.0.0.1:3001/health", "evil.example", 200),
        ("http://localhost/health/?a=1", "localhost", 200),
        ("http://evil.example/health", "127.0.0.1", 400),
        ("ftp://127.0.0.1/health", "127.0.0.1", 404),
        ("http:///health", "127.0.0.1", 404),
        ("nonsense", "127.0.0.1", 404),
    ],
)
async def test_a_target_in_absolute_form_is_the_path_and_the_host_that_it_names(
    address: str, target: str, host: str, status: int
) -> None:
    server, port = address.split(":")
    reader, writer = await asyncio.open_connection(server, int(port))
    writer.write(f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()

    assert int(answer.split(b" ")[1]) == status


async def test_a_forwarded_header_moves_no_link_and_opens_nothing(lab: Lab, board: Board) -> None:
    lie = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "x-forwarded-prefix": "/evil"}
    lie |= {"forwarded": "host=evil.example;proto=https"}

    document = await board.ann.http.get("/api/docs/openapi.json", headers=lie)
    home = await board.ann.http.get("/", headers=lie)
    async with on_port(lab.app) as address:
        with pytest.raises(InvalidStatus, match="403"):
            async with connect(
                f"ws://{address}/graphql", origin=Origin("https://evil.example"), additional_headers=lie, proxy=None
            ):
                pytest.fail("it was opened")

    assert "evil" not in document.text
    assert home.headers["location"] == "/graphql"


async def test_a_path_that_only_begins_like_the_public_one_is_another(settings: Settings, database: Database) -> None:
    app = create_app(replace(settings, public_url="http://127.0.0.1/orrery"), database=database)
    client = Lab(app).client()

    answers: dict[str, Any] = {
        path: (await client.get(path)).status_code
        for path in ("/orrery/health", "/orrery", "/orrery/", "/orreryhealth", "/health", "/orrery/orrery/health")
    }
    await client.aclose()

    assert answers == {
        "/orrery/health": 200,
        "/orrery": 307,
        "/orrery/": 307,
        "/orreryhealth": 404,
        "/health": 200,
        "/orrery/orrery/health": 404,
    }
