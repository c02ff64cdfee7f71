"""The app and the world that contracts are tried on. What a test writes is taken back after it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bson
import httpx
from pymongo import monitoring

from gateway.database import Database
from models import AttemptCount, Lease
from models.base import AnyRecord, Record, collection
from resolvers.kit.context import Context
from tests.rest.contract.shape import filled
from tests.rest.document import response_problems
from tests.world.paths import in_workspace
from tests.world.samples import PLACES
from tests.world.world import Ids
from tests.written import Written, put_back

PATHS = {**PLACES, "orgSlug": "org_slug", "wsSlug": "ws_slug", "userId": "member_id"}
"""The object of the world that a parameter of a path names, unless a contract says otherwise."""


# Only clients that are made later have it: conftest.py imports it before the database of the session is opened.
WRITES = Written()
monitoring.register(WRITES)


@dataclass
class Stage:
    """`ids` and `tokens` are those of the world, and what a test adds. `owner` is a request of the owner."""

    database: Database
    client: httpx.AsyncClient
    owner: Context
    ids: Ids
    tokens: dict[str, str]
    kept: Mapping[str, list[Record]] = field(default_factory=dict, repr=False)
    arranged: Mapping[str, list[Record]] = field(default_factory=dict, repr=False)
    backups: Mapping[Path, bytes] = field(default_factory=dict, repr=False)

    async def send(
        self,
        method: str,
        route: str,
        *,
        by: str | None = "owner",
        path: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        """The answer to a request of a caller, which has to be one that the document declares."""
        if "json" in options:
            options["json"] = filled(options["json"], self.ids)
        token = {"authorization": f"Bearer {self.tokens[by]}"} if by is not None else {}
        address = self.address(route, path or {})
        self.client.cookies.clear()  # a caller is who the token says
        answer = await self.client.request(method, address, headers={**token, **(headers or {})}, **options)
        body = answer.json() if answer.headers.get("content-type") == "application/json" else None
        assert response_problems(method, address.partition("?")[0], answer.status_code, body) == []
        return answer

    async def made(self, route: str, by: str = "owner", **body: Any) -> dict[str, Any]:
        """What a POST answers."""
        answer = await self.send("POST", route, by=by, json=body)
        assert answer.status_code == 201, answer.text
        created: dict[str, Any] = answer.json()
        return created

    def address(self, route: str, path: Mapping[str, Any]) -> str:
        """The path of a route for objects of the world."""
        named = {name: str(self.ids[known]) for name, known in PATHS.items() if known in self.ids}
        return in_workspace(route).format(**{**named, **filled(dict(path), self.ids)})

    async def keep(self) -> None:
        """Remember the database and the backups as they are."""
        names = await self.database.db.list_collection_names()
        self.kept = {name: await self._all(name) for name in names}
        folder = self.owner.services.backup_dir
        self.backups = {path: path.read_bytes() for path in folder.iterdir()} if folder is not None else {}
        WRITES.collections.clear()

    async def arrange(self) -> None:
        """Remember what a test has written until now as the way things are before what it is about."""
        self.arranged = {name: await self._all(name) for name in WRITES.collections.copy()}

    async def changes(self) -> list[str]:
        """What was inserted, changed or deleted since; when credentials were last used, what processes take turns at
        and how often something was tried aside."""
        names = WRITES.collections - {collection(Lease).name, collection(AttemptCount).name}
        before = {**self.kept, **self.arranged}
        return [
            name
            for name in sorted(names)
            if [*map(_told, await self._all(name))] != [*map(_told, before.get(name, []))]
        ]

    async def restore(self) -> None:
        """Take back what was written, when credentials were last used aside."""
        for name in WRITES.collections.copy():
            await put_back(self.database.db[name], self.kept.get(name, []), _told)
        WRITES.collections.clear()
        for path, content in self.backups.items():
            path.write_bytes(content)
        self.owner.services.revoked()

    async def _all(self, name: str) -> list[Record]:
        return await self.database.db[name].find().sort("_id", 1).to_list()


def _told(record: AnyRecord) -> bytes:
    return bson.encode({key: value for key, value in record.items() if key != "last_used_at"})
