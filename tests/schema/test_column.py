"""Projects, scopes, columns and labels over the graph."""

from typing import Any, NoReturn

import pytest

from tests.gateway.lab import COLUMN, PROJECT, Board, Lab

SCOPE = """
mutation ($input: ScopeCreateInput!) {
  scopeCreate(input: $input) { scope { id name activeView views progress startDate project { name } } cursor }
}
"""
LABEL = "mutation ($input: LabelCreateInput!) { labelCreate(input: $input) { label { id name color } } }"


async def test_a_project_is_changed_field_by_field_and_deleted(board: Board) -> None:
    ann = board.ann
    change = """mutation ($id: ID!, $input: ProjectUpdateInput!) { projectUpdate(id: $id, input: $input) {
      project { name description deadline workspace { slug } } cursor } }"""

    first = await ann.ask(change, id=board.project, input={"description": "Soon", "deadline": "2030-01-31"})
    second = await ann.ask(change, id=board.project, input={"description": None})
    nothing = await ann.refused(change, id=board.project, input={"name": None})
    gone = await ann.ask("mutation ($id: ID!) { projectDelete(id: $id) { deletedId } }", id=board.project)
    after = await ann.refused("query ($id: ID!) { project(id: $id) { id } }", id=board.project)

    shown = {"name": "Launch", "deadline": "2030-01-31T00:00:00.000Z", "workspace": {"slug": "personal"}}
    assert first["projectUpdate"]["project"] == {**shown, "description": "Soon"}
    assert second["projectUpdate"]["project"] == {**shown, "description": None}
    assert (nothing["extensions"]["code"], nothing["extensions"]["field"]) == ("BAD_USER_INPUT", "name")
    assert gone["projectDelete"]["deletedId"] == board.project
    assert after["extensions"]["code"] == "NOT_FOUND"


async def test_projects_are_filtered_and_sorted(board: Board) -> None:
    for name, deadline in (("Beta", "2030-01-01"), ("Alpha", None), ("Gamma", "2029-01-01")):
        await board.ann.ask(PROJECT, input={"workspaceId": board.workspace, "name": name, "deadline": deadline})
    query = """query ($org: String!, $filter: ProjectFilter, $orderBy: [ProjectOrder!]) {
      workspace(orgSlug: $org, slug: "personal") {
        projects(filter: $filter, orderBy: $orderBy) { totalCount nodes { name } } } }"""

    async def names(**variables: Any) -> list[str]:
        found = await board.ann.ask(query, org=board.org_slug, **variables)
        projects = found["workspace"]["projects"]
        assert projects["totalCount"] == len(projects["nodes"])
        return [one["name"] for one in projects["nodes"]]

    assert await names(orderBy=[{"field": "NAME"}]) == ["Alpha", "Beta", "Gamma", "Launch"]
    assert await names(filter={"deadline": {"null": False}}, orderBy=[{"field": "DEADLINE"}]) == ["Gamma", "Beta"]
    assert await names(filter={"or": [{"name": {"eq": "Beta"}}, {"name": {"startsWith": "la"}}]}) == ["Launch", "Beta"]
    assert await names(filter={"not": {"name": {"contains": "A"}}}) == []


async def test_cards_are_filed_found_and_read_in_words(board: Board) -> None:
    filing = """mutation ($input: CardSubmitInput!) {
      cardSubmit(input: $input) { isDuplicate cursor card { id stage type project { slug status } } } }"""
    finding = """query ($which: CardSearchInput!, $among: CardNextInput!) {
      workspaceCards(input: $which) { totalCount nodes { id } } nextCard(input: $among) { id } }"""
    given = {"workspaceId": board.workspace, "title": "Fix it", "type": "BUG", "assignee": "me"}

    [first, again] = [(await board.ann.ask(filing, input=given))["cardSubmit"] for _ in range(2)]
    which = {"workspaceId": board.workspace, "stages": ["TODO"], "project": "inbox"}
    found = await board.ann.ask(finding, which=which, among={"workspaceId": board.workspace, "assignee": "me"})

    card = {"stage": "TODO", "type": "BUG", "project": {"slug": "inbox", "status": "ACTIVE"}}
    assert first["card"] == {"id": first["card"]["id"], **card}
    assert [filed["isDuplicate"] for filed in (first, again)] == [False, True]
    assert found["workspaceCards"] == {"totalCount": 1, "nodes": [{"id": first["card"]["id"]}]}
    assert found["nextCard"] == {"id": first["card"]["id"]}


async def test_a_scope_has_a_board_and_views_of_its_own(board: Board) -> None:
    ann = board.ann

    made = await ann.ask(SCOPE, input={"projectId": board.project, "name": "Phase 1", "startDate": "2026-01-01"})
    scope = made["scopeCreate"]["scope"]
    column = await ann.ask(COLUMN, input={"projectId": board.project, "scopeId": scope["id"], "name": "Doing"})
    column_id = column["columnCreate"]["column"]["id"]
    await board.card("In the scope", columnId=column_id)
    changed = await ann.ask(
        'mutation ($id: ID!) { scopeUpdate(id: $id, input: {name: "Phase one"}) { scope { name } } }', id=scope["id"]
    )
    view = await ann.ask(
        "mutation ($id: ID!) { scopeSetView(id: $id, input: {activeView: CALENDAR}) { scope { activeView } } }",
        id=scope["id"],
    )
    read = await ann.ask(
        """query ($id: ID!) { scope(id: $id) { progress columns { id name scope { name } project { name } }
          cards { nodes { title scope { id } } } } }""",
        id=scope["id"],
    )
    await ann.ask("mutation ($id: ID!) { scopeDelete(id: $id) { deletedId cursor } }", id=scope["id"])
    left = await ann.ask("query ($id: ID!) { project(id: $id) { scopes { id } cardCount } }", id=board.project)

    assert scope["views"] == ["KANBAN", "LIST", "CALENDAR", "ROADMAP", "STATS"]
    assert (scope["activeView"], scope["progress"], scope["project"]["name"]) == ("KANBAN", 0, "Launch")
    assert changed["scopeUpdate"]["scope"]["name"] == "Phase one"
    assert view["scopeSetView"]["scope"]["activeView"] == "CALENDAR"
    assert read["scope"]["columns"] == [
        {"id": column_id, "name": "Doing", "scope": {"name": "Phase one"}, "project": {"name": "Launch"}}
    ]
    assert read["scope"]["cards"]["nodes"] == [{"title": "In the scope", "scope": {"id": scope["id"]}}]
    assert read["scope"]["progress"] == 1
    assert left["project"] == {"scopes": [], "cardCount": 0}


async def test_columns_are_renamed_moved_and_deleted(board: Board) -> None:
    ann = board.ann

    moved = await ann.ask(
        """mutation ($id: ID!) { columnUpdate(id: $id, input: {name: "Shipped", order: 0}) {
          column { name order } cursor } }""",
        id=board.done,
    )
    listed = await ann.ask("query ($id: ID!) { project(id: $id) { columns { name order } } }", id=board.project)
    await ann.ask("mutation ($id: ID!) { columnDelete(id: $id) { deletedId } }", id=board.todo)
    left = await ann.ask("query ($id: ID!) { project(id: $id) { columns { name } } }", id=board.project)

    assert moved["columnUpdate"]["column"] == {"name": "Shipped", "order": 0}
    assert listed["project"]["columns"] == [{"name": "Shipped", "order": 0}, {"name": "To do", "order": 1}]
    assert left["project"]["columns"] == [{"name": "Shipped"}]


async def test_columns_say_what_they_are_for_and_are_reordered_as_scopes_are(board: Board) -> None:
    ann = board.ann
    about = {"kind": "ACTIVE", "prompt": "Test it", "requiresApproval": True}

    made = await ann.ask(COLUMN, input={"projectId": board.project, "name": "Testing", **about})
    columns = [made["columnCreate"]["column"]["id"], board.done, board.todo]
    scopes = [
        (await ann.ask(SCOPE, input={"projectId": board.project, "name": name}))["scopeCreate"]["scope"]["id"]
        for name in "ab"
    ]
    ordered = await ann.ask(
        """mutation ($columns: ColumnReorderInput!, $scopes: ScopeReorderInput!) {
          columnReorder(input: $columns) { project { columns { id } } cursor }
          scopeReorder(input: $scopes) { project { scopes { id rank } } cursor } }""",
        columns={"projectId": board.project, "ids": columns},
        scopes={"projectId": board.project, "ids": scopes[::-1]},
    )
    read = await ann.ask(
        "query ($id: ID!) { project(id: $id) { columns { kind prompt requiresApproval } } }", id=board.project
    )

    assert [column["id"] for column in ordered["columnReorder"]["project"]["columns"]] == columns
    found = ordered["scopeReorder"]["project"]["scopes"]
    assert [scope["id"] for scope in found] == scopes[::-1]
    assert found[0]["rank"] < found[1]["rank"]
    assert read["project"]["columns"][0] == about


async def test_labels_are_made_put_on_taken_off_and_deleted(board: Board) -> None:
    ann = board.ann
    card = await board.card("One")

    made = (await ann.ask(LABEL, input={"projectId": board.project, "name": "Bug"}))["labelCreate"]["label"]
    taken = await ann.refused(LABEL, input={"projectId": board.project, "name": "Bug"})
    changed = await ann.ask(
        'mutation ($id: ID!) { labelUpdate(id: $id, input: {color: "#00ff00"}) { label { name color } } }',
        id=made["id"],
    )
    on = await ann.ask(
        "mutation ($c: ID!, $l: ID!) { cardLabelAdd(cardId: $c, labelId: $l) { card { labels { name color } } } }",
        c=card,
        l=made["id"],
    )
    off = await ann.ask(
        "mutation ($c: ID!, $l: ID!) { cardLabelRemove(cardId: $c, labelId: $l) { card { labels { name } } } }",
        c=card,
        l=made["id"],
    )
    await ann.ask("mutation ($id: ID!) { labelDelete(id: $id) { deletedId } }", id=made["id"])
    left = await ann.ask("query ($id: ID!) { project(id: $id) { labels { name } } }", id=board.project)

    assert taken["extensions"]["code"] == "CONFLICT"
    assert changed["labelUpdate"]["label"] == {"name": "Bug", "color": "#00ff00"}
    assert on["cardLabelAdd"]["card"]["labels"] == [{"name": "Bug", "color": "#00ff00"}]
    assert off["cardLabelRemove"]["card"]["labels"] == []
    assert left["project"]["labels"] == []


async def test_a_whole_project_is_imported_or_nothing(board: Board) -> None:
    ann = board.ann
    load = """mutation ($w: ID!, $input: ProjectImportInput!) { projectImport(workspaceId: $w, input: $input) {
      project { name columns { name cards { nodes { title priority labels { name } checklist { title done }
      } } } } } }"""
    card = {"title": "One", "columnIndex": 0, "priority": "LOW", "labels": ["a"], "checklist": [{"title": "s"}]}
    whole = {"project": {"name": "Copy"}, "columns": [{"name": "In"}], "cards": [card]}

    done = await ann.ask(load, w=board.workspace, input=whole)
    bad = await ann.refused(load, w=board.workspace, input={**whole, "cards": [card, {"title": "", "columnIndex": 0}]})

    assert done["projectImport"]["project"] == {
        "name": "Copy",
        "columns": [
            {
                "name": "In",
                "cards": {
                    "nodes": [
                        {
                            "title": "One",
                            "priority": "LOW",
                            "labels": [{"name": "a"}],
                            "checklist": [{"title": "s", "done": False}],
                        }
                    ]
                },
            }
        ],
    }
    assert (bad["extensions"]["code"], bad["extensions"]["field"]) == ("BAD_USER_INPUT", "cards.1.title")


async def test_a_project_with_odd_entries_is_imported_where_that_is_wished(board: Board) -> None:
    load = """mutation ($w: ID!, $input: ProjectImportInput!) {
      projectImport(workspaceId: $w, input: $input, onOddItem: MEND) {
        project { columns { cards { nodes { title labels { name } } } } } notes { place code message } notesOmitted
      } }"""
    cards = [{"title": "", "columnIndex": 0, "labels": ["x" * 101]}, {"title": "Two", "columnIndex": 7}]
    whole = {"project": {"name": "Odd"}, "columns": [{"name": "In"}], "cards": cards}

    done = (await board.ann.ask(load, w=board.workspace, input=whole))["projectImport"]

    found = done["project"]["columns"][0]["cards"]["nodes"]
    assert found == [{"title": "Untitled", "labels": [{"name": "x" * 100}]}]
    assert (done["notes"][-1], done["notesOmitted"]) == (
        {"place": "cards.1.columnIndex", "code": "LEFT_OUT", "message": "is left out: points to no column"},
        0,
    )
    assert {(note["place"], note["code"]) for note in done["notes"][:-1]} == {
        ("cards.0.title", "REPLACED"),
        ("cards.0.labels.0", "CUT"),
    }


FILE = """mutation ($w: ID!, $file: ProjectFile, $input: ProjectImportInput, $odd: OnOddItem! = REFUSE) {
  projectImport(workspaceId: $w, file: $file, input: $input, onOddItem: $odd) {
    project { id name } notes { place code message } notesOmitted
  } }"""
ODD = {
    "$schema": "https://example.com/board.json",
    "project": {"name": "Odd", "made.by": {"tool": 7}},
    "columns": [{"name": "In"}, 7],
    "labels": None,
    "cards": [
        {"title": 404, "columnIndex": 0, "priority": "Critical", "labels": [{"name": "a"}, None]},
        {"title": "Two", "columnIndex": "first", "checklist": None, "dueDate": 20300101},
        None,
    ],
}


async def test_a_file_with_odd_entries_comes_as_it_does_over_rest(board: Board) -> None:
    # given a file that no types of the graph hold
    ann, path = board.ann, f"/orgs/{board.org_slug}/workspaces/personal/projects/import"
    refused = await ann.refused(FILE, w=board.workspace, file=ODD)
    # when it is to be mended
    done = (await ann.ask(FILE, w=board.workspace, file=ODD, odd="MEND"))["projectImport"]
    over_rest = (await ann.http.post(f"{path}?onOddItem=mend", json=ODD)).json()
    # then both doors take it and tell the same
    assert (refused["extensions"]["code"], refused["extensions"]["field"]) == ("BAD_USER_INPUT", "project.made.by")
    assert [{**note, "code": note["code"].lower()} for note in done["notes"]] == over_rest["notes"]
    assert {note["place"] for note in done["notes"]} >= {
        "$schema",
        "project.made.by",
        "columns.1.name",
        "cards.2.title",
    }
    exports = [
        (await ann.http.get(f"{path.removesuffix('/import')}/{made['id']}/export")).json()
        for made in (done["project"], over_rest)
    ]
    assert exports[0] == exports[1]
    assert [card["title"] for card in exports[0]["cards"]] == ["404", "Two", "Untitled"]
    assert exports[0]["cards"][0]["priority"] == "critical"


async def test_an_export_is_a_file_that_the_graph_takes(board: Board) -> None:
    await board.card("One", priority="HIGH", checklist=[{"title": "s"}])
    path = f"/orgs/{board.org_slug}/workspaces/personal/projects"
    exported = (await board.ann.http.get(f"{path}/{board.project}/export")).json()

    made = (await board.ann.ask(FILE, w=board.workspace, file=exported))["projectImport"]

    assert made["notes"] == []
    assert (await board.ann.http.get(f"{path}/{made['project']['id']}/export")).json() == exported


async def test_a_file_may_stand_in_the_document(board: Board) -> None:
    written = """mutation ($w: ID!) { projectImport(workspaceId: $w, onOddItem: MEND, file: {
      project: {name: "Written"}, cards: [{title: 7, priority: low, labels: null}, {title: "a\\u0000b"}]
    }) { project { name } notes { place } } }"""

    made = (await board.ann.ask(written, w=board.workspace))["projectImport"]

    assert made == {"project": {"name": "Written"}, "notes": [{"place": "cards.1.title"}]}


async def test_a_project_comes_either_typed_or_as_a_file(board: Board) -> None:
    whole = {"project": {"name": "Once"}}
    both = await board.ann.refused(FILE, w=board.workspace, file=whole, input=whole)
    neither = await board.ann.refused(FILE, w=board.workspace)
    empty = await board.ann.refused(FILE, w=board.workspace, file={}, odd="MEND")
    no_object = await board.ann.refused(FILE, w=board.workspace, file=[whole])

    told = "file: The project comes either as input or as file"
    assert both["message"] == neither["message"] == told
    assert {one["extensions"]["code"] for one in (both, neither, empty, no_object)} == {"BAD_USER_INPUT"}
    assert empty["extensions"]["field"] == "project"
    assert "A ProjectFile must be an object" in no_object["message"]


@pytest.mark.parametrize("who", ["nobody", "a token that reads alone", "a broken token"])
async def test_a_file_of_somebody_who_may_not_import_is_not_looked_at(
    lab: Lab, board: Board, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    # given
    async def looked(*_: object) -> NoReturn:
        raise AssertionError("the file was looked at")

    monkeypatch.setattr("resolvers.transfer.transfer.read_project", looked)
    client = lab.client()
    if who == "a token that reads alone":
        values = {"name": "CI", "scopes": ["PROJECTS_READ"]}
        made = await board.ann.ask(
            "mutation ($i: ApiTokenCreateInput!) { apiTokenCreate(input: $i) { secret } }", i=values
        )
        client = lab.client(made["apiTokenCreate"]["secret"])
    elif who == "a broken token":
        client = lab.client(board.ann.token[:-4] + "AAAA")
    # when
    asked = {"query": FILE, "variables": {"w": board.workspace, "file": ODD}}
    [error] = (await client.post("/graphql", json=asked)).json()["errors"]
    # then
    assert error["extensions"]["code"] == ("FORBIDDEN" if "reads" in who else "UNAUTHENTICATED")


async def test_a_file_for_a_foreign_workspace_is_one_for_none(lab: Lab, board: Board) -> None:
    stranger = await lab.person("stranger@example.com")
    foreign = await stranger.refused(
        FILE, w=board.workspace, file={"project": {"name": "X"}, "columns": [], "cards": []}
    )
    nowhere = "0" * 8 + "31" + "0" * 14
    none = await stranger.refused(FILE, w=nowhere, file={"project": {"name": "X"}, "columns": [], "cards": []})
    assert foreign["extensions"] == none["extensions"]
    assert foreign["extensions"]["code"] == "NOT_FOUND"
    assert foreign["message"] == none["message"]
