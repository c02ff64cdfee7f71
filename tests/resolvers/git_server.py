"""A server of git's on loopback, with one repository that a test fills."""

import threading
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from dulwich.objects import Blob, Commit, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo
from dulwich.server import DictBackend
from dulwich.web import make_wsgi_chain

NAME = "/acme/db-backups.git"
COMMITTED_AT = 1_790_000_000
MAIN = Ref(b"refs/heads/main")


class Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@dataclass(slots=True)
class GitServer:
    """The repository at `url`; whoever has no `credential` is refused where there is one."""

    repository: Repo
    url: str = ""
    credential: str | None = None

    def commit(self, files: Mapping[str, bytes]) -> None:
        """A commit with these files alone, in a folder."""
        store, folder, top = self.repository.object_store, Tree(), Tree()
        for name, content in files.items():
            blob = Blob.from_string(content)
            store.add_object(blob)
            folder.add(name.encode(), 0o100644, blob.id)
        top.add(b"2026", 0o040000, folder.id)
        made = Commit()
        made.tree, made.message, made.author, made.committer = top.id, b"Copied", b"A <a@b.c>", b"A <a@b.c>"
        made.author_time = made.commit_time = COMMITTED_AT
        made.author_timezone = made.commit_timezone = 0
        for kept in (folder, top, made):
            store.add_object(kept)
        self.repository.refs[MAIN] = made.id

    def answer(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """As a server of git's that asks for a credential."""
        if self.credential is not None:
            expected = "Basic " + b64encode(self.credential.encode()).decode()
            if environ.get("HTTP_AUTHORIZATION") != expected:
                start("401 Unauthorized", [("WWW-Authenticate", "Basic")])
                return [b""]
        answered: Iterable[bytes] = self._chain(environ, start)
        return answered

    @property
    def _chain(self) -> Any:
        served: dict[str, Any] = {NAME: self.repository}
        return make_wsgi_chain(DictBackend(served))


@contextmanager
def git_server(folder: Path) -> Iterator[GitServer]:
    """One that serves an empty repository in a folder."""
    repository = Repo.init_bare(folder, mkdir=True)
    repository.refs.set_symbolic_ref(Ref(b"HEAD"), MAIN)
    served = GitServer(repository)
    with make_server("127.0.0.1", 0, served.answer, handler_class=Quiet) as server:
        served.url = f"http://127.0.0.1:{server.server_port}{NAME}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()
            repository.close()
