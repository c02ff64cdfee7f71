"""The feed of the changelog: what readers of feeds do with it, who send no header."""

from xml.etree import ElementTree

from bson import ObjectId

from auth.authenticate import authenticate
from models.enums import TokenScope
from resolvers.api_key.api_key import create_api_key, revoke_api_key
from resolvers.inputs.api_key import ApiKeyCreate
from resolvers.kit.context import Context
from tests.resolvers.lab import again
from tests.rest.conftest import Api, Board, made
from tests.world.paths import ORKOSI

FEED = ORKOSI + "/changelog/feed"
"""The workspace is that of the token."""


async def test_a_feed_is_read_with_a_token_that_only_reads_one_workspace_until_it_is_revoked(
    api: Api, board: Board
) -> None:
    # Given a card that is done, whose title XML cannot hold, and a key that only reads
    await made(board.ann, f"{board.path}/columns/{board.done}/cards", title="<Lamp> & \u0001lens")
    mine = (await board.ann.get("/organizations")).json()
    [organization] = [one["id"] for one in mine if one["slug"] == "acme"]
    services = api.ctx.services
    subject = await authenticate(services.signer, authorization=board.ann.headers["authorization"], cookie=None)
    ctx = Context(subject, services)

    async def key(*scopes: TokenScope) -> tuple[ObjectId, str]:
        values = ApiKeyCreate.of(organization_id=organization, name="Reader", scopes=list(scopes))
        new = (await create_api_key(again(ctx), values)).value
        return new.api_token["_id"], new.secret

    key_id, reader = await key(TokenScope.PROJECTS_READ)
    _, writer = await key(TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE)
    anybody = api.client()

    # When a reader of feeds asks, and asks again
    answer = await anybody.get(FEED, params={"token": reader})
    once_more = await anybody.get(FEED, params={"token": reader}, headers={"if-none-match": answer.headers["etag"]})

    # Then it is RSS 2.0 with the entry, and nothing new
    assert (answer.status_code, once_more.status_code, once_more.content) == (200, 304, b"")
    [item] = ElementTree.fromstring(answer.content).findall("channel/item")  # noqa: S314
    assert item.findtext("title") == "<Lamp> & \ufffdlens"
    assert ObjectId.is_valid(item.findtext("guid") or "")
    assert (item.findtext("pubDate") or "").endswith("GMT")

    # And no other token is taken from an address, and this one nowhere else, or once it is revoked
    refused = await anybody.get(FEED, params={"token": writer})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "FORBIDDEN")
    elsewhere = await anybody.get(f"{ORKOSI}/changelog", params={"token": reader})
    assert (await anybody.get(FEED)).status_code == elsewhere.status_code == 401
    foreign = await anybody.get("/orkosi/w/acme/other/api/changelog/feed", params={"token": reader})
    assert foreign.status_code == 404
    await revoke_api_key(again(ctx), key_id)
    assert (await anybody.get(FEED, params={"token": reader})).status_code == 401
