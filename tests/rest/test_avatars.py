"""Pictures over HTTP: bytes in, bytes out, and nothing that a browser could run."""

from resolvers.account.avatar import MAX_BYTES
from tests.resolvers.lab import PICTURE
from tests.rest.conftest import Api


async def test_a_picture_is_served_as_what_it_is_and_once(api: Api) -> None:
    ann = await api.person("ann@example.com")
    await ann.put("/auth/me/avatar", content=PICTURE, headers={"content-type": "text/html"})
    url = (await ann.get("/auth/me")).json()["user"]["avatarUrl"]

    first = await ann.get(url)
    again = await ann.get(url, headers={"if-none-match": first.headers["etag"]})
    other = await ann.get(url, headers={"if-none-match": '"other"'})

    assert (first.status_code, first.headers["content-type"], first.content) == (200, "image/png", PICTURE)
    assert first.headers["x-content-type-options"] == "nosniff"
    assert first.headers["cache-control"] == "private, no-cache"
    assert "sandbox" in first.headers["content-security-policy"]
    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


async def test_what_is_no_picture_or_too_large_is_refused(api: Api) -> None:
    ann = await api.person("ann@example.com")

    page = await ann.put("/auth/me/avatar", content=b"<html>", headers={"content-type": "image/png"})
    large = await ann.put("/auth/me/avatar", content=PICTURE + bytes(MAX_BYTES))

    assert (page.status_code, page.json()["details"]) == (400, {"field": "body"})
    assert large.status_code == 413
    assert (await ann.get("/auth/me")).json()["user"]["avatarUrl"] is None


async def test_strangers_and_the_anonymous_see_none(api: Api) -> None:
    ann, eve = await api.person("ann@example.com"), await api.person("eve@example.com")
    await ann.put("/auth/me/avatar", content=PICTURE)
    url = (await ann.get("/auth/me")).json()["user"]["avatarUrl"]

    assert (await eve.get(url)).status_code == 404
    assert (await api.client().get(url)).status_code == 401
