"""Cards over the graph: changing, moving, archiving, deleting, their lists and their neighbours."""

from typing import Any

from tests.gateway.lab import Board, Lab

CREATE = """
mutation ($input: CardCreateInput!) {
  cardCreate(input: $input) {
    card {
      id title description priority order archived startDate dueDate version commentCount attachmentCount
      project { name } scope { name } column { name } assignee { email } createdBy { email }
      labels { name } checklist { title done order } checklistProgress
    }
    cursor
  }
}
"""
UPDATE = """
mutation ($id: ID!, $input: CardUpdateInput!) {
  cardUpdate(id: $id, input: $input) { card { title description priority dueDate version } cursor }
}
"""
MOVE = """
mutation ($id: ID!, $input: CardMoveInput!) {
  cardMove(id: $id, input: $input) { card { order column { name } } cursor }
}
"""
LIST = """
query ($id: ID!, $first: Int, $after: String, $filter: CardFilter, $orderBy: [CardOrder!]) {
  project(id: $id) {
    cards(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      totalCount nodes { title } edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor }
    }
  }
}
"""


async def titles(board: Board, **variables: Any) -> list[str]:
    found = await board.ann.ask(LIST, id=board.project, **variables)
    return [one["title"] for one in found["project"]["cards"]["nodes"]]


async def test_a_card_comes_back_as_it_was_given(board: Board) -> None:
    given = {
        "projectId": board.project,
        "columnId": board.todo,
        "title": "  Write it down ",
        "description": "As *Markdown*",
        "priority": "HIGH",
        "startDate": "2026-01-01",
        "dueDate": "2026-02-01T12:00:00+01:00",
        "assigneeId": board.ann.id,
        "checklist": [{"title": "One", "done": True}, {"title": "Two"}],
    }

    card = (await board.ann.ask(CREATE, input=given))["cardCreate"]["card"]

    assert {**card, "id": ""} == {
        "id": "",
        "title": "Write it down",
        "description": "As *Markdown*",
        "priority": "HIGH",
        "order": 0,
        "archived": False,
        "startDate": "2026-01-01T00:00:00.000Z",
        "dueDate": "2026-02-01T11:00:00.000Z",
        "version": 1,
        "commentCount": 0,
        "attachmentCount": 0,
        "project": {"name": "Launch"},
        "scope": None,
        "column": {"name": "To do"},
        "assignee": {"email": "ann@example.com"},
        "createdBy": {"email": "ann@example.com"},
        "labels": [],
        "checklist": [{"title": "One", "done": True, "order": 0}, {"title": "Two", "done": False, "order": 1}],
        "checklistProgress": 0.5,
    }


async def test_an_update_changes_what_is_given_and_a_lost_update_is_a_conflict(board: Board) -> None:
    card = await board.card("One", description="Old")

    first = await board.ann.ask(UPDATE, id=card, input={"title": "Uno", "expectedVersion": 1})
    other = await board.ann.ask(UPDATE, id=card, input={"priority": "LOW", "expectedVersion": 1})
    lost = await board.ann.refused(UPDATE, id=card, input={"title": "Eins", "expectedVersion": 1})

    assert first["cardUpdate"]["card"]["title"] == "Uno"
    assert first["cardUpdate"]["card"]["description"] == "Old"
    assert other["cardUpdate"]["card"]["priority"] == "LOW"
    assert lost["extensions"]["code"] == "CONFLICT"


async def test_a_card_moves_by_place_and_next_to_another(board: Board) -> None:
    one, two, three = [await board.card(title) for title in ("One", "Two", "Three")]

    by_order = await board.ann.ask(MOVE, id=three, input={"order": 0})
    after = await board.ann.ask(MOVE, id=three, input={"afterCardId": one})
    before = await board.ann.ask(MOVE, id=two, input={"beforeCardId": one})
    away = await board.ann.ask(MOVE, id=one, input={"columnId": board.done})
    both = await board.ann.refused(MOVE, id=two, input={"order": 0, "afterCardId": three})

    assert by_order["cardMove"]["card"]["order"] == 0
    assert after["cardMove"]["card"]["order"] == 1
    assert before["cardMove"]["card"]["order"] == 0
    assert away["cardMove"]["card"] == {"order": 0, "column": {"name": "Done"}}
    assert both["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_card_goes_on_by_itself_is_looked_at_and_completed(board: Board) -> None:
    ann, card = board.ann, await board.card("One")

    changed = await ann.ask(
        """mutation ($id: ID!, $steps: CardPipelineSetInput!) {
          cardUpdate(id: $id, input: {autoMode: true}) { card { autoMode pipeline { column { id } } } }
          cardPipelineSet(id: $id, input: $steps) {
            card { pipeline { column { name } enabled prompt } pendingColumn { id } activeMission { id } } }
          cardComplete(id: $id) { card { column { id } } }
          cardView(id: $id) { card { isUnread } } }""",
        id=card,
        steps={"steps": [{"columnId": board.done, "prompt": "Test it"}]},
    )
    moved = await ann.refused(MOVE, id=card, input={"columnId": board.todo, "ifColumnId": board.todo})
    read = await ann.ask(
        "mutation ($id: ID!) { projectMarkAllRead(id: $id) { project { unreadCount } } }", id=board.project
    )

    assert changed["cardUpdate"]["card"] == {"autoMode": True, "pipeline": []}
    steps = [{"column": {"name": "Done"}, "enabled": True, "prompt": "Test it"}]
    assert changed["cardPipelineSet"]["card"] == {"pipeline": steps, "pendingColumn": None, "activeMission": None}
    assert changed["cardComplete"]["card"] == {"column": {"id": board.done}}
    assert changed["cardView"]["card"] == {"isUnread": False}
    assert (moved["extensions"]["code"], moved["extensions"]["field"]) == ("CONFLICT", "ifColumnId")
    assert read["projectMarkAllRead"]["project"] == {"unreadCount": 0}


async def test_an_archived_card_is_out_of_sight_until_it_is_asked_for(board: Board) -> None:
    card = await board.card("One")
    archive = "mutation ($id: ID!, $a: Boolean!) { cardArchive(id: $id, archived: $a) { card { archived } } }"

    await board.ann.ask("mutation ($id: ID!) { cardArchive(id: $id) { card { archived } } }", id=card)
    hidden = await titles(board)
    asked = await titles(board, filter={"archived": {"eq": True}})
    back = await board.ann.ask(archive, id=card, a=False)

    assert (hidden, asked) == ([], ["One"])
    assert back["cardArchive"]["card"] == {"archived": False}


async def test_a_deleted_card_is_gone_and_its_activity_tells(board: Board) -> None:
    card = await board.card("One")

    gone = await board.ann.ask("mutation ($id: ID!) { cardDelete(id: $id) { deletedId } }", id=card)

    assert gone["cardDelete"]["deletedId"] == card
    assert await titles(board) == []


async def test_a_batch_tells_what_became_of_each_card(lab: Lab, board: Board) -> None:
    card = await board.card("One")
    unknown = card[:-6] + "ffffff"
    batch = """mutation ($ids: [ID!]!) { cardBatchUpdate(ids: $ids, input: {priority: LOW}) {
      results { id card { priority } error { code message } } cursor } }"""

    done = await board.ann.ask(batch, ids=[card, unknown])
    none = await board.ann.refused(batch, ids=[])
    many = await board.ann.refused(batch, ids=[card] * 51)

    assert done["cardBatchUpdate"]["results"] == [
        {"id": card, "card": {"priority": "LOW"}, "error": None},
        {"id": unknown, "card": None, "error": {"code": "NOT_FOUND", "message": "Card not found"}},
    ]
    assert none["extensions"]["field"] == many["extensions"]["field"] == "ids"


async def test_checklist_items_are_added_changed_and_removed(board: Board) -> None:
    card = await board.card("One")
    items = "card { checklist { id title done order } checklistProgress }"

    added = await board.ann.ask(
        f'mutation ($c: ID!) {{ checklistItemAdd(cardId: $c, input: {{title: "Step"}}) {{ {items} }} }}', c=card
    )
    item = added["checklistItemAdd"]["card"]["checklist"][0]["id"]
    changed = await board.ann.ask(
        f"""mutation ($c: ID!, $i: ID!) {{
          checklistItemUpdate(cardId: $c, itemId: $i, input: {{done: true}}) {{ {items} }} }}""",
        c=card,
        i=item,
    )
    removed = await board.ann.ask(
        f"mutation ($c: ID!, $i: ID!) {{ checklistItemRemove(cardId: $c, itemId: $i) {{ {items} }} }}", c=card, i=item
    )

    assert changed["checklistItemUpdate"]["card"] == {
        "checklist": [{"id": item, "title": "Step", "done": True, "order": 0}],
        "checklistProgress": 1,
    }
    assert removed["checklistItemRemove"]["card"] == {"checklist": [], "checklistProgress": 0}


async def test_steps_of_a_checklist_know_their_place_in_whatever_way_they_are_asked_for(board: Board) -> None:
    card = await board.card("One")
    add = 'mutation ($c: ID!) { checklistItemAdd(cardId: $c, input: {title: "Step"}) { card { checklist { id } } } }'
    await board.ann.ask(add, c=card)
    items = (await board.ann.ask(add, c=card))["checklistItemAdd"]["card"]["checklist"]
    asked = """query ($c: ID!) { card(id: $c) {
      plain: checklist { id title } placed: checklist { id order }
      both: checklist { id } both: checklist { order } } }"""

    found = (await board.ann.ask(asked, c=card))["card"]

    assert found["plain"] == [{**one, "title": "Step"} for one in items]
    assert found["placed"] == found["both"] == [{**one, "order": place} for place, one in enumerate(items)]


async def test_comments_are_written_read_and_deleted(board: Board) -> None:
    card = await board.card("One")
    write = """mutation ($input: CommentCreateInput!) { commentCreate(input: $input) {
      comment { id content author { email } card { commentCount } } cursor } }"""

    made = (await board.ann.ask(write, input={"cardId": card, "content": "Hello"}))["commentCreate"]["comment"]
    read = await board.ann.ask(
        "query ($id: ID!) { card(id: $id) { comments { totalCount nodes { content } } activity { nodes { type } } } }",
        id=card,
    )
    await board.ann.ask("mutation ($id: ID!) { commentDelete(id: $id) { deletedId } }", id=made["id"])
    left = await board.ann.ask("query ($id: ID!) { card(id: $id) { commentCount comments { nodes { id } } } }", id=card)

    assert made["author"]["email"] == "ann@example.com"
    assert made["card"]["commentCount"] == 1
    assert read["card"]["comments"] == {"totalCount": 1, "nodes": [{"content": "Hello"}]}
    assert {"type": "COMMENT_ADDED"} in read["card"]["activity"]["nodes"]
    assert left["card"] == {"commentCount": 0, "comments": {"nodes": []}}


async def test_pages_with_ties_and_nulls_hold_every_card_once(board: Board) -> None:
    dates = ["2026-01-01", "2026-01-01", None, None, "2026-02-01", None, "2026-01-01"]
    for number, date in enumerate(dates):
        await board.card(f"Card {number}", dueDate=date)

    for direction in ("ASC", "DESC"):
        order = [{"field": "DUE_DATE", "direction": direction}]
        whole = await titles(board, orderBy=order)
        seen: list[str] = []
        after: str | None = None
        more = True
        while more:
            found = await board.ann.ask(LIST, id=board.project, first=2, after=after, orderBy=order)
            page = found["project"]["cards"]
            assert page["totalCount"] == len(dates)
            assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
            seen += [one["title"] for one in page["nodes"]]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        assert seen == whole
        assert len(set(seen)) == len(dates)


async def test_cards_are_filtered_by_every_comparator(board: Board) -> None:
    label = await board.ann.ask(
        'mutation ($p: ID!) { labelCreate(input: {projectId: $p, name: "Bug"}) { label { id } } }', p=board.project
    )
    bug = label["labelCreate"]["label"]["id"]
    await board.card("Apple", priority="HIGH", dueDate="2026-01-01", labelIds=[bug])
    await board.card("apricot", priority="LOW", assigneeId=board.ann.id)
    await board.card("Banana", columnId=board.done)

    async def found(**filter: Any) -> list[str]:
        return await titles(board, filter=filter, orderBy=[{"field": "TITLE"}])

    assert await found(title={"startsWith": "ap"}) == ["Apple", "apricot"]
    assert await found(title={"in": ["Apple", "Banana"]}) == ["Apple", "Banana"]
    assert await found(title={"neq": "Apple", "contains": "an"}) == ["Banana"]
    assert await found(priority={"in": ["HIGH", "MEDIUM"]}) == ["Apple"]
    assert await found(priority={"null": True}) == ["Banana"]
    assert await found(dueDate={"gte": "2026-01-01", "lt": "2026-01-02"}) == ["Apple"]
    assert await found(assignee={"eq": board.ann.id}) == ["apricot"]
    assert await found(column={"nin": [board.todo]}) == ["Banana"]
    assert await found(label={"eq": bug}) == ["Apple"]
    assert await found(scope={"null": True}) == ["Apple", "apricot", "Banana"]
    assert await found(createdAt={"gt": "2999-01-01"}) == []
    assert await found(**{"or": [{"title": {"eq": "Apple"}}, {"not": {"column": {"eq": board.todo}}}]}) == [
        "Apple",
        "Banana",
    ]
    assert await found(**{"and": [{"priority": {"eq": "LOW"}}, {"title": {"eq": "Apple"}}]}) == []


async def test_a_fragment_and_an_alias_read_the_same_as_plain_fields(board: Board) -> None:
    card = await board.card("One", priority="HIGH", assigneeId=board.ann.id)

    found = await board.ann.ask(
        """query ($id: ID!, $no: Boolean = false) {
          card(id: $id) { ...Part heading: title ... on Node { id } ... @include(if: $no) { version } }
          node(id: $id) { __typename ...Part }
        }
        fragment Part on Card { urgency: priority who: assignee { mail: email } }""",
        id=card,
    )

    part = {"urgency": "HIGH", "who": {"mail": "ann@example.com"}}
    assert found["card"] == {**part, "heading": "One", "id": card}
    assert found["node"] == {**part, "__typename": "Card"}


async def test_nodes_of_many_kinds_come_in_the_order_of_their_ids(board: Board) -> None:
    card = await board.card("One")
    ids = [board.done, card, board.ann.id, board.workspace, board.organization, board.project, card[:-6] + "ffffff"]

    found = await board.ann.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids)
    many = await board.ann.refused("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[card] * 101)

    names = [one and one["__typename"] for one in found["nodes"]]
    assert names == ["Column", "Card", "User", "Workspace", "Organization", "Project", None]
    assert [one["id"] for one in found["nodes"][:-1]] == ids[:-1]
    assert many["extensions"] == {"code": "BAD_USER_INPUT", "field": "ids"}
