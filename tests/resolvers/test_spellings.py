"""Every door that compares texts: what was written in one normal form is found, or taken, in the other."""

from secrets import token_hex
from typing import Any, Literal
from unicodedata import normalize

import pytest
from argon2 import PasswordHasher

from models import Card, User
from models.base import collection
from models.errors import BadUserInput, Conflict
from models.records import WorkspaceRecord
from resolvers.account.account import log_in, register
from resolvers.account.password import request_password_reset
from resolvers.card.graph import cards_of_project
from resolvers.document.graph import documents_by
from resolvers.inputs.account import AuthLogin, AuthRegister, PasswordResetRequest
from resolvers.inputs.project import ProjectMemberAdd
from resolvers.inputs.transfer import ProjectImport
from resolvers.inputs.workspace import WorkspaceMemberInvite
from resolvers.invitation.invitation import invite_workspace_member
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.kit.upload import file_name
from resolvers.member.project_member import add_project_member, list_project_members
from resolvers.search.search import search
from resolvers.transfer.transfer import import_project
from tests.resolvers.conftest import Join
from tests.resolvers.custom import Fields
from tests.resolvers.documents import Shelf
from tests.resolvers.lab import PASSWORD, People, again
from tests.resolvers.letters import mails_to
from tests.resolvers.projects import Board, make_board

Form = Literal["NFC", "NFD"]
WORDS = ["Größe", "Åström", "Việt Nam", "ガイド", "한국어", "क़लम", "ὀδός"]
FORMS: list[tuple[Form, Form]] = [("NFC", "NFD"), ("NFD", "NFC")]

both_ways = pytest.mark.parametrize(("written", "asked"), FORMS)


@pytest.fixture
async def board(owner: Context, workspace: WorkspaceRecord) -> Board:
    return await make_board(owner, workspace, columns=1)


async def titles(board: Board, filter: dict[str, Any]) -> list[str]:
    [page] = await cards_of_project(board.ctx, [board.project], None, filter=filter)
    return [card["title"] for card in page.nodes]


@both_ways
@pytest.mark.parametrize("kept", ["NFC", "NFD"])
async def test_filters_find_every_form_also_of_what_was_kept_before(
    board: Board, written: Form, asked: Form, kept: Form
) -> None:
    for word in WORDS:
        card = await board.card(title=normalize(written, word))
        await collection(Card).update_one({"_id": card["_id"]}, {"$set": {"title": normalize(kept, word)}})
    await board.card(title="Other")

    for word in WORDS:
        given, expected = normalize(asked, word), [normalize(kept, word)]
        for comparator in (
            {"eq": given},
            {"in": [given]},
            {"contains": normalize(asked, word[1:])},
            {"starts_with": given},
            # A regular expression knows the two cases of a letter, and not that a capital may be two.
            {"contains": given.upper() if len(given.upper()) == len(given) else given},
            {"starts_with": given.lower()},
        ):
            assert await titles(board, {"title": comparator}) == expected, comparator
        for comparator in ({"neq": given}, {"nin": [given]}):
            assert len(await titles(board, {"title": comparator})) == len(WORDS)


@both_ways
async def test_custom_texts_and_options_are_found(board: Board, written: Form, asked: Form) -> None:
    fields = Fields(board)
    for name, type_ in (("text", "text"), ("select", "select")):
        await fields.add(
            normalize(written, f"Größe {name}"),
            type_,
            tuple(normalize(written, one) for one in WORDS) if type_ == "select" else (),
        )
    text, select = (normalize("NFC", f"Größe {name}") for name in ("text", "select"))
    fields.by_name = {normalize("NFC", name): one for name, one in fields.by_name.items()}
    card = await board.card()

    await fields.set(card, {text: normalize(written, "Åström"), select: normalize(asked, "Åström")})

    wanted = {"field_id": fields.id(text), "text": {"eq": normalize(asked, "Åström")}}
    assert await titles(board, {"custom_field": wanted}) == ["Card"]
    with pytest.raises(Conflict):
        await fields.add(normalize(asked, "Größe text"), "text")


@both_ways
async def test_a_name_is_taken_in_every_form_and_in_one_case(board: Board, written: Form, asked: Form) -> None:
    label = await board.label(normalize(written, "Größe"))

    with pytest.raises(Conflict):
        await board.label(normalize(asked, "Größe"))
    assert label["name"] == normalize("NFC", "Größe")
    # As boards of other tools come: two labels.
    assert (await board.label(normalize(asked, "größe")))["name"] == normalize("NFC", "größe")


@both_ways
async def test_tags_are_found_and_are_not_there_twice(
    board: Board, workspace: WorkspaceRecord, written: Form, asked: Form
) -> None:
    shelf = Shelf(board.caller, workspace["_id"])
    document = await shelf.document(tags=[normalize(written, "Größe"), normalize(asked, "Größe")])

    [page] = await documents_by("workspace_id")(
        board.ctx, [workspace], None, filter={"tag": {"eq": normalize(asked, "Größe")}}
    )

    assert document["tags"] == [normalize("NFC", "Größe")]
    assert [one["_id"] for one in page.nodes] == [document["_id"]]


@both_ways
@pytest.mark.parametrize("kept", ["NFC", "NFD"])
async def test_search_finds_every_form(board: Board, written: Form, asked: Form, kept: Form) -> None:
    for word in WORDS:
        card = await board.card(title=normalize(written, word), description=f"about {normalize(kept, word)}")
        for query in (word, word.upper(), f'"{word}"'):
            found = await search(board.ctx, board.workspace_id, normalize(asked, query))
            assert card["_id"] in [one.node["_id"] for one in found.nodes], query


@both_ways
async def test_an_address_is_known_wherever_it_is_typed(
    board: Board, people: People, owner: Context, workspace: WorkspaceRecord, join: Join, written: Form, asked: Form
) -> None:
    ada = await join(workspace, normalize(written, "Ädä"))
    address = people.email(ada)
    for typed in (normalize(asked, address), normalize(asked, address.upper())):
        assert (await log_in(people.anonymous, AuthLogin(email=typed, password=PASSWORD))).user["_id"] == ada.user_id
        await request_password_reset(again(people.anonymous), PasswordResetRequest(email=typed))
        with pytest.raises(Conflict):
            await register(people.anonymous, read_input(AuthRegister, {"email": typed, "password": PASSWORD}))
        given = {"email": typed, "role": "member"}
        with pytest.raises(Conflict):
            await invite_workspace_member(again(owner), workspace["_id"], read_input(WorkspaceMemberInvite, given))
    assert len(await mails_to(address)) > 1
    typed = normalize(asked, address)
    await add_project_member(board.ctx, board.project["_id"], read_input(ProjectMemberAdd, {"email": typed}))
    members = await list_project_members(board.ctx, board.project["_id"])
    assert ada.user_id in [member["user_id"] for member in members]
    values = {"project": {"name": "Brass"}, "members": [typed], "cards": [{"title": "Sun", "assignee": typed.upper()}]}
    project = (await import_project(again(owner), workspace["_id"], read_input(ProjectImport, values))).value
    card = await collection(Card).find_one({"project_id": project["_id"]})
    assert card is not None
    assert card["assignee_id"] == ada.user_id


@pytest.mark.parametrize(
    "typed", ["{}@xn--bcher-kva.example", "{}@B\u00dcCHER.example", "{}@bu\u0308cher\u3002example"]
)
async def test_an_international_domain_is_one_in_every_form(people: People, typed: str) -> None:
    local = f"ada-{token_hex(4)}"
    values = read_input(AuthRegister, {"email": f"{local}@b\u00fccher.example", "password": PASSWORD})
    ada = await register(people.anonymous, values)

    again_in = await log_in(people.anonymous, AuthLogin(email=typed.format(local.upper()), password=PASSWORD))

    assert again_in.user["_id"] == ada.user["_id"]


@both_ways
async def test_a_password_is_right_in_every_form(people: People, written: Form, asked: Form) -> None:
    email = f"key-{token_hex(4)}@example.com"
    secret = "Schl\u00fcssel\u3000bund"
    values = {"email": email, "password": normalize(written, secret)}
    ada = await register(people.anonymous, read_input(AuthRegister, values))

    signed_in = await log_in(people.anonymous, AuthLogin(email=email, password=normalize(asked, secret)))

    assert signed_in.user["_id"] == ada.user["_id"]
    with pytest.raises(BadUserInput, match="at least 8"):
        read_input(AuthRegister, {"email": "short@example.com", "password": normalize("NFD", "\u00fc" * 7)})
    long = normalize("NFD", "\u1ec7" * 128)
    assert len(read_input(AuthRegister, {"email": "long@example.com", "password": long}).password) == 128
    read_input(AuthLogin, {"email": "long@example.com", "password": long})


async def test_an_old_hash_lets_in_once_more_and_is_renewed(people: People) -> None:
    ada = await people.register("ada")
    sent = normalize("NFD", "Schl\u00fcssel 9")
    old = PasswordHasher(parallelism=1).hash(sent)
    await collection(User).update_one({"_id": ada.user_id}, {"$set": {"password_hash": old}})

    for form in ("NFD", "NFC"):
        await log_in(people.anonymous, AuthLogin(email=people.email(ada), password=normalize(form, sent)))

    found = await collection(User).find_one({"_id": ada.user_id})
    assert found is not None
    assert found["password_hash"] != old


@both_ways
def test_a_file_is_called_the_same(written: Form, asked: Form) -> None:
    assert file_name(normalize(written, "Größe.pdf")) == file_name(normalize(asked, "Größe.pdf"))
