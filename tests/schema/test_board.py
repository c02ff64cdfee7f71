"""What boards begin with, and who runs them and the installation, over the graph."""

from tests.gateway.lab import PASSWORD, Board, Lab


async def test_templates_of_boards_are_made_changed_and_begun_with(board: Board) -> None:
    ann = board.ann
    columns = [{"name": "To do", "kind": "BACKLOG"}, {"name": "Review", "prompt": "Read it", "requiresApproval": True}]

    made = await ann.ask(
        """mutation ($input: TemplateCreateInput!) { templateCreate(input: $input) {
          template { id kind isBuiltIn columns { name scope kind prompt requiresApproval } } cursor } }""",
        input={"workspaceId": board.workspace, "name": "Reviewed", "columns": columns},
    )
    template = made["templateCreate"]["template"]
    changed = await ann.ask(
        """mutation ($id: ID!, $scope: ScopeCreateFromTemplateInput!) {
          templateUpdate(id: $id, input: {description: "For sprints"}) { template { description } }
          scopeCreateFromTemplate(input: $scope) { scope { columns { name kind } } cursor } }""",
        id=template["id"],
        scope={"projectId": board.project, "name": "Sprint", "template": template["id"]},
    )

    assert (template["kind"], template["isBuiltIn"]) == ("BOARD", False)
    assert template["columns"] == [
        {"name": "To do", "scope": None, "kind": "BACKLOG", "prompt": None, "requiresApproval": False},
        {"name": "Review", "scope": None, "kind": None, "prompt": "Read it", "requiresApproval": True},
    ]
    assert changed["templateUpdate"]["template"] == {"description": "For sprints"}
    begun = changed["scopeCreateFromTemplate"]["scope"]["columns"]
    assert begun == [{"name": "To do", "kind": "BACKLOG"}, {"name": "Review", "kind": None}]


async def test_members_of_a_project_have_roles_and_projects_a_path(board: Board) -> None:
    ann = board.ann

    changed = await ann.ask(
        """mutation ($project: ID!, $user: ID!) {
          projectMemberUpdate(projectId: $project, userId: $user, input: {role: MEMBER}) { member { role } cursor }
          projectUpdate(id: $project, input: {path: "/srv/launch"}) {
            project { path bound members { nodes { role } } } } }""",
        project=board.project,
        user=ann.id,
    )

    assert changed["projectMemberUpdate"]["member"] == {"role": "MEMBER"}
    shown = {"path": "/srv/launch", "bound": False, "members": {"nodes": [{"role": "MEMBER"}]}}
    assert changed["projectUpdate"]["project"] == shown


async def test_an_installation_with_people_is_not_set_up_again(lab: Lab, board: Board) -> None:
    nobody = lab.client()
    setup = "mutation ($input: AuthRegisterInput!) { installationSetup(input: $input) { accessToken } }"
    given = {"email": "root@example.com", "password": PASSWORD}

    answer = (await nobody.post("/graphql", json={"query": "{ installation { hasPeople } }"})).json()
    refused = (await nobody.post("/graphql", json={"query": setup, "variables": {"input": given}})).json()
    mine = await board.ann.ask("{ viewer { serverRole } }")

    assert answer["data"]["installation"] == {"hasPeople": True}
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["CONFLICT"]
    assert mine["viewer"] == {"serverRole": "USER"}


async def test_a_column_is_cleaned(board: Board) -> None:
    await board.card("One")

    cleaned = await board.ann.ask(
        "mutation ($id: ID!) { columnClean(id: $id) { column { cardCount archivedCardCount order } cursor } }",
        id=board.todo,
    )

    assert cleaned["columnClean"]["column"] == {"cardCount": 0, "archivedCardCount": 0, "order": 0}
