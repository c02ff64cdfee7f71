"""Pictures of people: which are taken, and who sees them."""

import pytest

from models import Avatar
from models.base import collection
from models.errors import BadUserInput, NotFound, PayloadTooLarge
from models.records import WorkspaceRecord
from resolvers.account.avatar import MAX_BYTES, get_avatar, image_type, remove_avatar, set_avatar
from resolvers.kit.context import Context
from resolvers.user.user import avatar_path
from tests.resolvers.conftest import Join
from tests.resolvers.lab import PICTURE, People, again, event_types

JPEG = b"\xff\xd8\xff\xe0" + bytes(20)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PICTURE, "image/png"),
        (JPEG, "image/jpeg"),
        (b"GIF89a" + bytes(20), "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"<html><script>alert(1)</script>", None),
        (b"\x89PNG", None),
        (b"", None),
    ],
)
def test_a_picture_is_what_its_first_bytes_say(content: bytes, expected: str | None) -> None:
    assert image_type(content) == expected


async def test_a_picture_replaces_the_one_before_it_and_boards_are_told(
    owner: Context, workspace: WorkspaceRecord, join: Join
) -> None:
    ada = await join(workspace, "ada")

    first = (await set_avatar(again(ada), PICTURE)).value
    second = (await set_avatar(again(ada), JPEG)).value

    assert avatar_path(ada.services, first) != avatar_path(ada.services, second)
    assert (await get_avatar(again(owner), ada.user_id))["content"] == JPEG
    assert await collection(Avatar).count_documents({"user_id": ada.user_id}) == 1
    assert (await event_types(ada.user_id)).count("UserUpdated") == 2
    assert (await event_types(workspace["_id"])).count("WorkspaceMemberUpdated") == 2


async def test_a_picture_that_is_taken_away_is_gone(people: People) -> None:
    ada = await people.register("ada")
    await set_avatar(again(ada), PICTURE)

    removed = (await remove_avatar(again(ada))).value

    assert avatar_path(ada.services, removed) is None
    with pytest.raises(NotFound):
        await get_avatar(again(ada), ada.user_id)


async def test_strangers_see_no_picture(people: People) -> None:
    ada, eve = await people.register("ada"), await people.register("eve")
    await set_avatar(again(ada), PICTURE)

    with pytest.raises(NotFound) as refused:
        await get_avatar(again(eve), ada.user_id)

    assert refused.value.message == "User not found"


async def test_what_is_no_picture_or_too_large_changes_nothing(people: People) -> None:
    ada = await people.register("ada")
    await set_avatar(again(ada), PICTURE)

    with pytest.raises(BadUserInput) as no_picture:
        await set_avatar(again(ada), b"<html>")
    with pytest.raises(PayloadTooLarge):
        await set_avatar(again(ada), PICTURE + bytes(MAX_BYTES))

    assert no_picture.value.field == "image"
    assert (await get_avatar(again(ada), ada.user_id))["content"] == PICTURE
