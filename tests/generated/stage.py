"""Where generated requests are played: the gateway, its callers, and ids that lead somewhere."""

from dataclasses import dataclass, field
from typing import Any

import httpx
from hypothesis import strategies as st
from starlette.applications import Starlette

from auth.subject import ANONYMOUS
from resolvers.kit.context import Context
from tests.resolvers.lab import PASSWORD, People
from tests.world.build import build
from tests.world.samples import PLACES
from tests.world.world import World

# What a name of an id, in a path or a body, most likely means. A name that is not here means any object.
MEANT: dict[str, tuple[str, ...]] = {
    **{name: (place,) for name, place in PLACES.items()},
    "orgSlug": ("org_slug",),
    "wsSlug": ("workspace_slug",),
    "labelIds": ("label",),
    "cardId": ("card", "second_card"),
    "targetCardId": ("third_card", "second_card", "card"),
    "ids": ("document",),
    "parentId": ("document",),
    "agentId": ("agent", "other agent"),
    "userId": ("member_id", "user", "admin_id", "outsider_id"),
    "assigneeId": ("member_id", "user"),
    "apiTokenId": ("token",),
}
EMAILS = ("outsider_email", "bystander_email", "admin_email")
SECRETS = ("password", "currentPassword")


@dataclass(repr=False)
class Stage:
    """`ids` are those of the world, as text. Hypothesis shows strategies, and so what they are made of: shortly."""

    app: Starlette
    ids: dict[str, str] = field(default_factory=dict)
    _world: World | None = None
    _clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    @property
    def world(self) -> World:
        assert self._world is not None
        return self._world

    async def build(self) -> None:
        """Build the world."""
        self._world = await build(People(Context(ANONYMOUS, self.app.state.services)))
        self.ids = {name: str(value) for name, value in self.world.ids.items()}

    async def guest(self) -> httpx.AsyncClient:
        """Somebody of no importance, and somebody new after each who signed out, or made the credential invalid."""
        if "guest" not in self._clients:
            person = await self.world.people.register("guest")
            self._clients["guest"] = self._opened(self.world.people.sign_ins[person.user_id].access_token)
        return self._clients["guest"]

    def client(self, caller: str) -> httpx.AsyncClient:
        """The client of a caller of the world."""
        if caller not in self._clients:
            self._clients[caller] = self._opened(self.world.tokens[caller])
        return self._clients[caller]

    def note(self, answer: httpx.Response) -> None:
        """Look at an answer for what it changed of where the objects of the world are, and of who is signed in."""
        if answer.status_code == 401:
            self._clients.pop("guest", None)
        elif answer.is_success and answer.content and answer.request.method == "PATCH":
            changed = answer.json()
            for key, place in (("organization", "org_slug"), ("workspace", "workspace_slug")):
                if changed.get("id") == self.ids[key]:
                    self.ids[place] = changed["slug"]

    def _opened(self, token: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False),
            base_url="http://127.0.0.1:3001",
            headers={"authorization": f"Bearer {token}"},
        )

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    def meant(self, name: str) -> st.SearchStrategy[str]:
        """Ids of objects that a name most likely means, the likeliest most often."""
        places = tuple(one for one in MEANT.get(name, ()) if one in self.ids) or tuple(sorted(self.ids))
        return mostly(st.just(self.ids[places[0]]), st.sampled_from(places).map(self.ids.__getitem__))

    def anything(self) -> st.SearchStrategy[str]:
        """Ids of any object of the world."""
        return st.sampled_from(sorted(self.ids)).map(self.ids.__getitem__)

    def filled(self, value: Any, name: str = "") -> st.SearchStrategy[Any]:
        """A generated body with ids of the world in most places that are named as ids are, and right credentials."""
        if isinstance(value, dict):
            return st.fixed_dictionaries({key: self.filled(one, key) for key, one in value.items()})
        if isinstance(value, list):
            return st.tuples(*(self.filled(one, name) for one in value)).map(list)
        if not isinstance(value, str):
            return st.just(value)
        if name in SECRETS:
            return mostly(st.just(PASSWORD), st.just(value))
        if name == "email":
            return st.just(value) | st.sampled_from(EMAILS).map(self.ids.__getitem__)
        if name in MEANT or name.endswith(("Id", "Ids")):
            return mostly(self.meant(name), self.anything() | st.just(value))
        return st.just(value)


def mostly(one: st.SearchStrategy[Any], other: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The one in five of six cases."""
    return st.integers(0, 5).flatmap(lambda drawn: other if drawn == 5 else one)
