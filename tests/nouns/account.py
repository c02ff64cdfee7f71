"""The caller's own account: who they are, their picture, what they agreed to, and its end."""

from models.enums import ConsentSubject
from models.errors import NotFound
from resolvers.account.avatar import set_avatar
from resolvers.inputs.account import AccountDelete, ConsentGive, UserUpdate
from tests.resolvers.lab import PASSWORD, PICTURE, again
from tests.rest.conftest import made
from tests.rest.story import Cast, changed, deleted, read
from tests.world.paths import BOARD, ORKOSI
from tests.world.sample import Case, Sample, sent
from tests.world.world import World

JPEG = b"\xff\xd8\xff\xe0" + bytes(20)


async def make(world: World) -> None:
    await set_avatar(again(world.owner), PICTURE)


async def story(cast: Cast) -> None:
    await changed(cast.ann, "/auth/me", jobTitle="CTO")
    eli = await cast.api.person("eli@example.com")
    assert (await eli.put("/auth/me/avatar", content=PICTURE)).json() == {"ok": True}
    url = (await read(eli, "/auth/me"))["user"]["avatarUrl"]
    assert (await eli.get(url)).content == PICTURE
    await deleted(eli, "/auth/me/avatar")
    agreed = await made(eli, "/auth/consents", subject="terms", version="2026-01")
    assert await read(eli, "/auth/consents") == agreed
    assert (await read(eli, "/auth/export"))["profile"]["email"] == "eli@example.com"


SAMPLE = Sample(
    make=make,
    calls={
        "viewer": lambda _: (),
        "me": lambda _: (),
        "whoami": lambda _: (),
        "userUpdate": lambda _: (UserUpdate(name="Other"),),
        "accountDelete": lambda _: (AccountDelete(password=PASSWORD),),
        "accountExport": lambda _: (),
        "consentGive": lambda _: (ConsentGive(subject=ConsentSubject.TERMS, version="1"),),
        "consents": lambda _: (),
        "userAvatar": lambda ids: (ids["user"],),
        "userAvatarSet": lambda _: (PICTURE,),
        "userAvatarRemove": lambda _: (),
    },
    beyond={("userAvatar", "outsider"): NotFound},
    routes={
        ("GET", "/auth/me"): None,
        ("PATCH", "/auth/me"): sent(name="Other"),
        ("PUT", "/auth/me/avatar"): None,
        ("DELETE", "/auth/me/avatar"): None,
        ("GET", "/users/{userId}/avatar"): None,
        ("GET", "/auth/consents"): None,
        ("POST", "/auth/consents"): sent(subject="terms", version="1"),
        ("GET", "/auth/export"): None,
        ("POST", "/auth/delete-account"): sent(password=PASSWORD),
        ("GET", BOARD + "/auth/me"): None,
        ("GET", ORKOSI + "/auth/me"): None,
        ("DELETE", ORKOSI + "/users/me"): None,
    },
    cases={"accountDelete": Case(caller="member"), "userAvatarSet": Case(arguments=lambda _: (JPEG,))},
    unseen={
        "consentGive": "how somebody signs in is theirs alone",
    },
    story=story,
)
