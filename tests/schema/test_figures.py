"""Portfolio, figures and templates over the graph."""

from tests.gateway.lab import HOME, Board

BEGIN = """
mutation ($input: ProjectCreateInput!) { projectCreate(input: $input) { project {
  columns { name } scopes { name startDate } labels { name } customFields { name type }
  cards { nodes { title column { name } } }
} } }
"""
SAVE = """
mutation ($input: TemplateCreateFromProjectInput!) { templateCreateFromProject(input: $input) {
  template {
    id name isBuiltIn columns { name scope } cards { title column labels checklist } createdBy { email }
  }
  cursor
} }
"""
DELETE = "mutation ($id: ID!) { templateDelete(id: $id) { deletedId cursor } }"
TEMPLATES = """
query ($org: String!, $slug: String!) { workspace(orgSlug: $org, slug: $slug) { templates {
  id name description isBuiltIn createdAt createdBy { email } scopes { name startDay endDay } columns { name scope }
  labels { name color } customFields { name type options } cards { title priority }
} } }
"""
STATS = """
query ($id: ID!, $from: DateTime, $interval: StatsInterval! = DAY) { project(id: $id) {
  metrics { total open done progress byPriority { priority count } nextDeadline lastActivityAt }
  scopes { stats { cards { total } } }
  stats(from: $from, interval: $interval) {
    from to interval cards { total open done overdue }
    byColumn { column { name } count open } byPriority { priority count } byAssignee { assignee { email } count }
    byLabel { label { name } count } throughput { start created completed } burnUp { at scope done }
    cycleTime { count medianHours p85Hours averageHours } leadTime { count }
    ageing { count medianDays buckets { fromDays toDays count } }
  }
} }
"""


async def test_a_template_is_made_of_a_project_and_makes_another(board: Board) -> None:
    await board.card("A", checklist=[{"title": "Step"}])
    [home] = (await board.ann.ask(HOME))["organizations"]["nodes"]
    where = {"org": home["slug"], "slug": home["workspaces"]["nodes"][0]["slug"]}

    given = {"projectId": board.project, "name": "Ours", "includeCards": True}
    saved = (await board.ann.ask(SAVE, input=given))["templateCreateFromProject"]["template"]
    values = {"workspaceId": board.workspace, "name": "New", "template": saved["id"]}
    begun = (await board.ann.ask(BEGIN, input=values))["projectCreate"]["project"]
    listed = (await board.ann.ask(TEMPLATES, **where))["workspace"]["templates"]
    gone = (await board.ann.ask(DELETE, id=saved["id"]))["templateDelete"]

    assert {**saved, "id": ""} == {
        "id": "",
        "name": "Ours",
        "isBuiltIn": False,
        "columns": [{"name": "To do", "scope": None}, {"name": "Done", "scope": None}],
        "cards": [{"title": "A", "column": "To do", "labels": [], "checklist": ["Step"]}],
        "createdBy": {"email": "ann@example.com"},
    }
    assert begun["columns"] == [{"name": "To do"}, {"name": "Done"}]
    assert begun["cards"]["nodes"] == [{"title": "A", "column": {"name": "To do"}}]
    assert [one["isBuiltIn"] for one in listed] == [True] * 5 + [False]
    assert (listed[0]["createdAt"], listed[0]["createdBy"]) == (None, None)
    assert gone["deletedId"] == saved["id"]
    refused = await board.ann.refused(BEGIN, input=values)
    assert (refused["extensions"]["code"], refused["extensions"]["field"]) == ("BAD_USER_INPUT", "template")


ROADMAP = """
query ($id: ID!) { project(id: $id) {
  roadmap {
    start end isTruncated scopes { scope { name } start end isDerived progress isLate }
    cards { card { title } scope { name } start due isDone isLate isBlocked step }
    dependencies { blocker { title } blocked { title } isViolated } milestones { title at scope { name } isLate }
    criticalPath { card { title } }
  }
  scopes { roadmap { cards { card { title } } } }
} }
"""
RELATE = "mutation ($i: RelationCreateInput!) { relationCreate(input: $i) { cursor } }"


async def test_a_roadmap_names_its_cards_in_the_order_of_their_dependencies(board: Board) -> None:
    late = await board.card("Late", dueDate="2020-01-01")
    first = await board.card("First", dueDate="2030-01-01")
    await board.ann.ask(RELATE, i={"cardId": first, "targetCardId": late, "type": "BLOCKS"})

    roadmap = (await board.ann.ask(ROADMAP, id=board.project))["project"]["roadmap"]

    assert [(one["card"]["title"], one["step"], one["isLate"], one["isBlocked"]) for one in roadmap["cards"]] == [
        ("First", 0, False, False),
        ("Late", 1, True, True),
    ]
    expected = {"blocker": {"title": "First"}, "blocked": {"title": "Late"}, "isViolated": True}
    assert roadmap["dependencies"] == [expected]
    assert [one["card"]["title"] for one in roadmap["criticalPath"]] == ["First", "Late"]


async def test_figures_name_what_they_count_by(board: Board) -> None:
    await board.card("A", priority="HIGH", assigneeId=board.ann.id)
    await board.card("B", columnId=board.done)

    found = (await board.ann.ask(STATS, id=board.project, interval="MONTH"))["project"]

    stats = found["stats"]
    assert (found["metrics"]["total"], found["metrics"]["progress"]) == (2, 0.5)
    assert (stats["interval"], len(stats["throughput"]), len(stats["burnUp"])) == ("MONTH", 12, 12)
    assert stats["throughput"][-1]["completed"] == stats["burnUp"][-1]["done"] == 1
    assert {one["column"]["name"]: (one["count"], one["open"]) for one in stats["byColumn"]} == {
        "To do": (1, 1),
        "Done": (1, 0),
    }
    assert {"assignee": {"email": "ann@example.com"}, "count": 1} in stats["byAssignee"]
    assert {"priority": "HIGH", "count": 1} in stats["byPriority"]
    assert stats["ageing"]["buckets"][0] == {"fromDays": 0, "toDays": 1, "count": 1}
    refused = await board.ann.refused(STATS, id=board.project, **{"from": "1980-01-01"})
    assert (refused["extensions"]["code"], refused["extensions"]["field"]) == ("BAD_USER_INPUT", "from")
