"""Search over REST."""

from tests.rest.conftest import Api, Board, made


async def test_a_search_answers_what_was_found_with_its_place(board: Board) -> None:
    card = await made(board.ann, f"{board.path}/columns/{board.todo}/cards", title="Launch the balloon")
    said = await made(board.ann, f"{board.path}/cards/{card['id']}/comments", content="Which balloon?")

    answer = await board.ann.get(f"{board.workspace}/search", params={"q": "ballo", "types": "card,comment"})

    assert answer.status_code == 200
    first, second = answer.json()
    assert (first["type"], first["id"], first["projectId"]) == ("card", card["id"], board.project_id)
    assert first["title"] == [{"text": "Launch the ", "match": False}, {"text": "balloon", "match": True}]
    assert (second["type"], second["id"], second["cardId"]) == ("comment", said["id"], card["id"])


async def test_bad_parameters_of_a_search_are_refused(board: Board) -> None:
    for given in (
        {},
        {"q": ""},
        {"q": "a", "types": "card,user"},
        {"q": "a", "limit": "101"},
        {"q": "a", "projectId": "x"},
    ):
        answer = await board.ann.get(f"{board.workspace}/search", params=given)
        assert (answer.status_code, answer.json()["code"]) == (400, "BAD_USER_INPUT"), given


async def test_a_stranger_searches_nothing(board: Board, api: Api) -> None:
    stranger = await api.person("eve@example.com")

    answer = await stranger.get(f"{board.workspace}/search", params={"q": "balloon"})

    assert answer.status_code == 404
