"""Cards."""

from resolvers.card.card import create_card
from resolvers.inputs.board import BoardRead, CardList
from resolvers.inputs.card import CardCreate, CardMove, CardUpdate
from tests.gateway.replay.state import JSON, State, everywhere, everywhere_in, put_under, take, take_below
from tests.nouns.mission import end_mission
from tests.rest.conftest import made
from tests.rest.story import Cast, ask_board, board_project, changed, deleted, read
from tests.world.paths import B_CARD, B_PROJECT, BOARD, CARD, PROJECT
from tests.world.sample import Case, Kept, Sample, sent
from tests.world.world import World

CARDS = PROJECT + "/cards"
ARCHIVED_OR_NOT = "{or: [{archived: {eq: true}}, {archived: {eq: false}}]}"


async def make(world: World) -> None:
    ids = world.ids
    first = CardCreate.of(project_id=ids["project"], column_id=ids["column"], title="First", label_ids=[ids["label"]])
    ids["card"] = (await world.made(create_card, first))["_id"]


def card_gone(state: State, card: str) -> None:
    """So is what stands below it, whether its own event has come or not."""
    take(state, "Card", card)
    everywhere(state, "Mission", "card", card)
    take_below(state, "card", card, "Comment", "Attachment", "Worktree")
    for end in ("source", "target"):
        take_below(state, end, card, "Relation")
    everywhere_in(state, "Document", "linkedCards", card)


def _deleted(state: State, event: JSON) -> None:
    card_gone(state, event["cardId"])


def _ranked(state: State, event: JSON) -> None:
    for one in event["ranks"]:
        if card := state.get("Card", {}).get(one["cardId"]):
            card["rank"] = one["rank"]


async def story(cast: Cast) -> None:
    ann, cards = cast.ann, f"{cast.path}/cards"
    before = len(await read(ann, cards))
    created = await made(ann, f"{cast.path}/columns/{cast.todo}/cards", title="A")
    loose = await made(ann, cards, title="B")
    await changed(ann, f"{cards}/{created['id']}", priority="low")
    assert (await read(ann, f"{cards}/{created['id']}"))["priority"] == "low"
    assert (await read(ann, f"{cast.workspace}/search?q=A&types=card"))[0]["id"] == created["id"]
    assert len(await read(ann, cards)) == before + 2
    for card in (created, loose):
        await deleted(ann, f"{cards}/{card['id']}")


async def board_story(cast: Cast) -> None:
    ann, path = cast.ann, await board_project(cast.ann, "cards")
    backlog, active, done = await ask_board(ann, "GET", f"{path}/columns")
    project = path.rpartition("/")[2]
    created = await ask_board(ann, "POST", "/cards", 201, projectId=project, title="Fix login bug", prompt="It fails")
    assert created["columnId"] == backlog["id"]
    card = f"{path}/cards/{created['id']}"
    prompt = "It still fails"
    changed = await ask_board(ann, "PATCH", card, title="Fix the login", prompt=prompt, labels=["bug", "login"])
    assert (changed["prompt"], changed["labels"]) == ("It still fails", ["bug", "login"])
    moved = await ask_board(ann, "PATCH", f"{card}/move", columnId=active["id"], position=0, ifColumnId=backlog["id"])
    assert (moved["columnId"], moved["position"]) == (active["id"], 0)
    assert (await ask_board(ann, "PATCH", f"{card}/auto-mode", enabled=True))["isAutoMode"] is True
    planned = (await ask_board(ann, "GET", f"{card}/pipeline"))["steps"]
    assert [step["columnId"] for step in planned] == [active["id"]]
    step = {"columnId": active["id"], "prompt": "Build it", "enabled": True}
    put = await ask_board(ann, "PUT", f"{card}/pipeline", steps=[step])
    assert put["steps"] == [{**step, "columnName": "In Progress"}]
    await ask_board(ann, "POST", f"{card}/complete", 204)
    whole = await ask_board(ann, "GET", card)
    assert (whole["columnId"], whole["completedAt"] is not None) == (done["id"], True)
    assert (await ask_board(ann, "GET", f"/cards/{created['id']}"))["columnName"] == "Done"
    assert (await ask_board(ann, "GET", f"/cards/{created['id']}/status"))["hasActiveAgent"] is True
    await ask_board(ann, "POST", f"{card}/agent/cancel", 204)
    assert [each["title"] for each in await ask_board(ann, "GET", f"{path}/cards")] == ["Fix the login"]
    await ask_board(ann, "DELETE", f"{card}?force=true", 204)
    await ask_board(ann, "DELETE", path, 204)


SAMPLE = Sample(
    after=("label",),
    make=make,
    calls={
        "card": lambda ids: (ids["card"],),
        "cards": lambda ids: (ids["project"],),
        "board": lambda ids: (BoardRead(project_id=ids["project"]),),
        "cardList": lambda ids: (CardList(project_id=ids["project"]),),
        "cardCreate": lambda ids: (CardCreate.of(project_id=ids["project"], title="More"),),
        "cardUpdate": lambda ids: (ids["card"], CardUpdate.of(title="Other")),
        "cardMove": lambda ids: (ids["card"], CardMove(column_id=None)),
        "cardArchive": lambda ids: (ids["card"],),
        "cardDelete": lambda ids: (ids["card"],),
        "cardBatchUpdate": lambda ids: ([ids["card"]], CardUpdate.of(title="Other")),
        "boardEvents": lambda ids: (ids["project"], frozenset({"CardCreated"})),
    },
    makes_another={"cardCreate"},
    routes={
        ("GET", CARDS): None,
        ("POST", CARDS): sent(title="More"),
        ("POST", PROJECT + "/columns/{columnId}/cards"): sent(title="More"),
        ("GET", CARD): None,
        ("PATCH", CARD): sent(title="Other"),
        ("DELETE", CARD): None,
        ("GET", B_PROJECT + "/cards"): None,
        ("GET", B_CARD): None,
        ("PATCH", B_CARD): sent(title="Other"),
        ("DELETE", B_CARD): None,
        ("PATCH", B_CARD + "/move"): lambda ids: {"columnId": str(ids["column"])},
        ("POST", BOARD + "/cards"): lambda ids: {"projectId": str(ids["project"]), "title": "More"},
        ("GET", BOARD + "/cards/{cardId}"): None,
        ("GET", BOARD + "/cards/{cardId}/status"): None,
    },
    cases={"cardDelete": Case(prepare=end_mission)},
    kept={
        "Card": Kept(
            """
                checklistProgress checklist { id title done order } labels { id }
                project { id } scope { id } column { id } assignee { id } createdBy { id } pendingColumn { id }
                activeMission { id } originMission { id } credential { id } customFields { field { id } value }
            """,
            {"Project": f"cards(first: 50, filter: {ARCHIVED_OR_NOT}) {{ nodes {{ ...CardFields }} }}"},
        )
    },
    rules={
        "CardUpdated": put_under("card", "Card"),
        "CardMoved": put_under("card", "Card"),
        "CardArchived": put_under("card", "Card"),
        "CardsRanked": ("ranks { cardId rank }", _ranked),
        "CardDeleted": ("cardId", _deleted),
    },
    story=story,
    board_story=board_story,
)
