import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from models.global_address import is_global
from models.outbound import Outbound, Refused

HOST = "api.example"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Handler = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server on loopback that hands the head of each request to `handler`; its port."""

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(await reader.readuntil(b"\r\n\r\n"), writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


def answering(answer: bytes, heads: list[bytes] | None = None) -> Handler:
    async def handle(head: bytes, writer: asyncio.StreamWriter) -> None:
        if heads is not None:
            heads.append(head)
        writer.write(answer)

    return handle


class Resolver:
    """Tells other addresses each time; the last for good."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers, self.asked = list(answers), 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def outbound(port: int, resolver: Resolver | None = None, tls: ssl.SSLContext | None = None) -> Outbound:
    """What may reach a test's own server, under the name HOST."""
    return Outbound(frozenset({f"{HOST}:{port}"}), tls, resolver or Resolver(["127.0.0.1"]))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.1.1",
        "240.0.0.1", "255.255.255.255", "192.0.2.1", "::", "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
        "::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "fc00::1",
        "fe80::1", "fe80::1%eth0", "2606:4700::1%eth0", "fec0::1", "ff02::1", "ff0e::1", "localhost", "",
    ],
)  # fmt: skip
def test_addresses_of_no_public_network_are_not_global(address: str) -> None:
    assert not is_global(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "::ffff:93.184.216.34", "64:ff9b::5db8:d822", "2606:4700::1111"])
def test_public_addresses_are_global_however_they_are_written(address: str) -> None:
    assert is_global(address)


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["::ffff:127.0.0.1"], ["93.184.216.34", "127.0.0.1"]])
async def test_a_host_that_resolves_to_a_private_address_is_refused_without_a_connection(addresses: list[str]) -> None:
    heads: list[bytes] = []
    async with serving(answering(OK, heads)) as port:
        with pytest.raises(Refused) as refused:
            await Outbound(resolving=Resolver(addresses)).request("GET", f"https://{HOST}:{port}/")

    assert not heads
    assert "127.0.0.1" not in str(refused.value)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "0x7f.1", "2130706433", "127.1", "[::1]", "[::ffff:7f00:1]", "localhost."]
)
async def test_other_spellings_of_loopback_are_refused(host: str) -> None:
    with pytest.raises(httpx2.TransportError):
        await Outbound().request("GET", f"https://{host}/")


async def test_a_name_that_resolves_otherwise_by_the_next_moment_leads_nowhere_else() -> None:
    resolver = Resolver(["127.0.0.1"], ["10.0.0.1"])
    async with serving(answering(OK)) as port:
        answer = await outbound(port, resolver).request("GET", f"http://{HOST}:{port}/")

    assert (answer.status, answer.body, resolver.asked) == (200, b"ok", 1)


async def test_a_connection_that_is_kept_is_not_resolved_anew() -> None:
    resolver = Resolver(["127.0.0.1"], ["10.0.0.1"])

    async def twice(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(OK)

    async with serving(twice) as port, outbound(port, resolver).client() as client:
        answers = [await client.get(f"http://{HOST}:{port}/") for _ in range(2)]

    assert [answer.content for answer in answers] == [b"ok", b"ok"]
    assert resolver.asked == 1


async def test_certificate_and_host_are_those_of_the_name(tmp_path: Path) -> None:
    heads: list[bytes] = []
    served, trusted = certificate(HOST, tmp_path)
    async with serving(answering(OK, heads), served) as port:
        answer = await outbound(port, tls=trusted).request("GET", f"https://{HOST}:{port}/models")
        with pytest.raises(httpx2.ConnectError):
            await Outbound(frozenset({"other.example"}), trusted, Resolver(["127.0.0.1"])).request(
                "GET", f"https://other.example:{port}/"
            )

    assert answer.body == b"ok"
    assert [line for line in heads[0].split(b"\r\n") if line.lower().startswith(b"host:")] == [
        f"Host: {HOST}:{port}".encode()
    ]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    heads: list[bytes] = []
    answer = f"HTTP/1.1 {status} Elsewhere\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n".encode()
    async with serving(answering(answer, heads)) as port, outbound(port).client() as client:
        with pytest.raises(Refused):
            await client.get(f"http://{HOST}:{port}/", follow_redirects=True)

    assert len(heads) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n" + b"x" * 101,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"40\r\n%b\r\n" % (b"x" * 64) * 2,
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 101,
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok",
    ],
    ids=["announced", "in chunks", "until the end", "compressed"],
)  # fmt: skip
async def test_an_answer_that_is_too_large_or_may_become_so_is_not_read(answer: bytes) -> None:
    async with serving(answering(answer)) as port:
        with pytest.raises(Refused):
            await outbound(port).request("GET", f"http://{HOST}:{port}/", max_bytes=100)


async def test_a_body_that_comes_drop_by_drop_ends_with_the_time() -> None:
    async def drip(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with serving(drip) as port:
        with pytest.raises(httpx2.TimeoutException):
            await outbound(port).request("GET", f"http://{HOST}:{port}/", timeout=0.2)


async def test_a_server_that_says_nothing_ends_with_the_time() -> None:
    async def silent(_: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.5)

    async with serving(silent) as port:
        with pytest.raises(httpx2.TimeoutException):
            await outbound(port).request("GET", f"http://{HOST}:{port}/", timeout=0.1)


async def test_a_host_that_cannot_be_found_or_reached_is_a_failure_to_connect() -> None:
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError

    async with serving(answering(OK)) as port:
        pass
    for resolving in (unknown, Resolver(["127.0.0.1"])):
        with pytest.raises(httpx2.ConnectError):
            await Outbound(frozenset({HOST}), resolving=resolving).request("GET", f"http://{HOST}:{port}/")


@pytest.mark.parametrize(
    "url",
    [
        f"http://{HOST}/", f"https://user:secret@{HOST}/", "ftp://api.example/", "file:///etc/passwd", "//api.example/",
        "https://", "nonsense", "https://a\x00b/",
    ],
)  # fmt: skip
async def test_urls_that_are_not_called_are_refused_before_anything_is_resolved(url: str) -> None:
    resolver = Resolver(["93.184.216.34"])
    guarded = Outbound(resolving=resolver)

    with pytest.raises(Refused):
        guarded.check(url)
    with pytest.raises(Refused):
        await guarded.request("GET", url)

    assert resolver.asked == 0


async def test_a_private_host_is_reached_by_the_name_and_port_that_are_allowed_alone() -> None:
    async with serving(answering(OK)) as port:
        allowed = Outbound(frozenset({f"127.0.0.1:{port}"}))
        answer = await allowed.request("POST", f"http://127.0.0.1:{port}/", body=b"{}")
        with pytest.raises(Refused):
            await allowed.request("GET", f"http://localhost:{port}/")
        with pytest.raises(Refused):
            await allowed.request("GET", f"https://127.0.0.1:{port + 1}/")

    assert answer.body == b"ok"


async def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with serving(answering(OK)) as port:
        answer = await outbound(port).request("GET", f"http://{HOST}:{port}/")

    assert answer.body == b"ok"


async def test_what_a_client_streams_comes_as_it_is_sent() -> None:
    sent = asyncio.Event()

    async def in_two(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nfirst")
        await writer.drain()
        await sent.wait()
        writer.write(b"second")

    parts: list[bytes] = []
    async with (
        serving(in_two) as port,
        outbound(port).client() as client,
        client.stream("GET", f"http://{HOST}:{port}/") as answer,
    ):
        async for part in answer.aiter_bytes():
            parts.append(part)
            sent.set()

    assert parts == [b"first", b"second"]


def certificate(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate for a name, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(file)
    return served, ssl.create_default_context(cafile=str(file))
