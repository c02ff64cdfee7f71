"""Where a request comes from, whatever it says of itself."""

from typing import Any

import pytest
from starlette.requests import HTTPConnection

from auth.device import DEVICE_COOKIE
from gateway.graph import served_graph
from resolvers.account import account
from serving.graph.document_limits import DEFAULTS
from serving.graph.engine import GraphEngine
from serving.source import parse_networks, source_of
from tests.gateway.lab import PASSWORD, Lab

REGISTER = f"""mutation ($email: String!) {{
  authRegister(input: {{email: $email, password: "{PASSWORD}"}}) {{ accessToken }} }}"""
PROXIES = parse_networks("10.0.0.0/8, 2001:db8:ffff::1")


def coming(client: str | None, *forwarded: str) -> HTTPConnection:
    headers = [(b"x-forwarded-for", one.encode("latin-1")) for one in forwarded]
    return HTTPConnection({"type": "http", "client": (client, 1) if client else None, "headers": headers})


@pytest.mark.parametrize(
    ("client", "source"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        (None, None),
    ],
)
def test_a_source_is_an_address_or_a_network(client: str | None, source: str | None) -> None:
    assert source_of(coming(client)) == source


def test_what_a_client_says_of_itself_counts_for_nothing() -> None:
    assert source_of(coming("192.0.2.7", "198.51.100.1")) == "192.0.2.7"
    assert source_of(coming("192.0.2.7", "198.51.100.1"), PROXIES) == "192.0.2.7"


@pytest.mark.parametrize(
    ("forwarded", "source"),
    [
        (("198.51.100.1",), "198.51.100.1"),
        (("203.0.113.9, 198.51.100.1",), "198.51.100.1"),
        (("203.0.113.9", "198.51.100.1, 10.1.1.1"), "198.51.100.1"),
        (("2001:db8:5::1, 2001:db8:ffff::1",), "2001:db8:5::/64"),
        (("203.0.113.9, nonsense",), "10.0.0.3"),
        (("10.1.1.1",), "10.0.0.3"),
        ((), "10.0.0.3"),
    ],
)
def test_behind_a_proxy_it_is_whom_the_last_proxy_saw(forwarded: tuple[str, ...], source: str) -> None:
    assert source_of(coming("10.0.0.3", *forwarded), PROXIES) == source


@pytest.mark.parametrize("text", ["10.0.0.0/40", "proxy.example", "10.0.0.1/8"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="addresses or networks"):
        parse_networks(text)


async def test_every_door_tells_operations_where_a_request_comes_from(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given whoever counts the registrations of a source
    sources: list[str] = []

    async def count(what: str, who: str, **_: Any) -> None:
        if what == "register-source":
            sources.append(who)

    monkeypatch.setattr(account, "count_attempt", count)

    # When somebody registers over GraphQL and over REST, and opens a socket
    await lab.client().post("/graphql", json={"query": REGISTER, "variables": {"email": "ann@example.com"}})
    await lab.client().post("/auth/register", json={"email": "bob@example.com", "password": PASSWORD})
    socket = HTTPConnection(
        {
            "type": "websocket",
            "client": ("192.0.2.7", 1),
            "headers": [(b"cookie", f"{DEVICE_COOKIE}=kept".encode())],
        }
    )
    engine = GraphEngine(served_graph(), lab.app.state.services, limits=DEFAULTS, production=False)
    subject = await engine.authenticate(socket, None)

    # Then all three are seen where they are
    assert sources == ["127.0.0.1", "127.0.0.1"]
    assert (subject.source, subject.device) == ("192.0.2.7", "kept")
