"""A file passes a gateway without being held in its memory."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from resolvers.kit.upload import MAX_FILE
from tests.gateway.lab import COLUMN, HOME, PASSWORD, PROJECT, REGISTER
from tests.gateway.process import Serving, serving

MB = 1024 * 1024
CARD = "mutation ($input: CardCreateInput!) { cardCreate(input: $input) { card { id } } }"
CREATE = "mutation ($input: AttachmentCreateInput!) { attachmentCreate(input: $input) { attachment { url size } } }"
MOST = 20 * MB


def ask(gateway: Serving, token: str | None, query: str, **variables: Any) -> Any:
    client = gateway.client if token is None else gateway.client.signed_in(token)
    return client.request("POST", "/graphql", {"query": query, "variables": variables})["data"]


def multipart(*parts: tuple[str, bytes]) -> bytes:
    return b"".join(
        b"--b\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + content + b"\r\n"
        for head, content in parts
    )


class Caller:
    """Ann, with a card, speaking plain HTTP."""

    def __init__(self, gateway: Serving) -> None:
        values = {"email": "ann@example.com", "password": PASSWORD, "name": "Ann"}
        self.address = urlsplit(gateway.url).netloc
        self.token = ask(gateway, None, REGISTER, input=values)["authRegister"]["accessToken"]
        organization = ask(gateway, self.token, HOME)["organizations"]["nodes"][0]
        workspace = organization["workspaces"]["nodes"][0]
        made = ask(gateway, self.token, PROJECT, input={"workspaceId": workspace["id"], "name": "Launch"})
        project = made["projectCreate"]["project"]["id"]
        ask(gateway, self.token, COLUMN, input={"projectId": project, "name": "To do"})
        made = ask(gateway, self.token, CARD, input={"projectId": project, "title": "Lens"})
        self.card = made["cardCreate"]["card"]["id"]
        inside = f"/orgs/{organization['slug']}/workspaces/{workspace['slug']}/projects/{project}"
        self.path = f"{inside}/cards/{self.card}/attachments"

    def _send(self, path: str, body: bytes) -> Any:
        connection = http.client.HTTPConnection(self.address, timeout=60)
        headers = {"authorization": f"Bearer {self.token}", "content-type": "multipart/form-data; boundary=b"}
        connection.request("POST", path, body + b"--b--\r\n", headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status in (200, 201), text
        return json.loads(text)

    def rest(self, content: bytes) -> str:
        """Attach a file over REST; its path."""
        made = self._send(self.path, multipart(('name="file"; filename="a"', content)))
        return f"{self.path}/{made['id']}"

    def graphql(self, content: bytes) -> str:
        """Attach a file over GraphQL; its link."""
        operations = {"query": CREATE, "variables": {"input": {"cardId": self.card, "file": None}}}
        body = multipart(
            ('name="operations"', json.dumps(operations).encode()),
            ('name="map"', json.dumps({"0": ["variables.input.file"]}).encode()),
            ('name="0"; filename="a"', content),
        )
        url: str = self._send("/graphql", body)["data"]["attachmentCreate"]["attachment"]["url"]
        return url

    def download(self, path: str) -> str:
        """The SHA-256 of a file."""
        connection = http.client.HTTPConnection(self.address, timeout=60)
        connection.request("GET", path, headers={"authorization": f"Bearer {self.token}"})
        answer = connection.getresponse()
        assert answer.status == 200
        digest = sha256()
        while piece := answer.read(65_536):
            digest.update(piece)
        connection.close()
        return digest.hexdigest()


class Watch:
    """The most memory that a process had while it was watched."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._ended = threading.Event()
        self.first = self.most = process.memory_info().rss
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._ended.wait(0.002):
            self.most = max(self.most, self._process.memory_info().rss)

    @contextmanager
    def watching(self) -> Iterator["Watch"]:
        self._thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            self._thread.join()

    @property
    def growth(self) -> int:
        grown: int = self.most - self.first
        return grown


def test_10_mb_up_and_down_grow_the_gateway_by_less_than_20_mb(tmp_path: Path) -> None:
    content = bytes(range(256)) * (MAX_FILE // 256)
    with serving(tmp_path) as gateway:
        # Given a gateway that has done all of it once, with files of 1 kB
        ann = Caller(gateway)
        for attach in (ann.rest, ann.graphql):
            ann.download(attach(bytes(1000)))
        process = psutil.Process(gateway.process.pid)

        # When files of 10 MB pass it, both ways
        for attach in (ann.rest, ann.graphql):
            with Watch(process).watching() as watch:
                digests = [ann.download(attach(content)) for _ in range(3)]

            # Then
            assert digests == [sha256(content).hexdigest()] * 3
            print(f"{attach.__name__}: {watch.growth / MB:.1f} MB")
            assert watch.growth < MOST, f"{attach.__name__}: {watch.growth / MB:.1f} MB"
