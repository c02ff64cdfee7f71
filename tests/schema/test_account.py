"""The caller's own account over the graph."""

from tests.gateway.lab import PASSWORD, Board, Lab

LOGIN = "mutation ($input: AuthLoginInput!) { authLogin(input: $input) { user { email } } }"


async def test_the_profile_changes_field_by_field(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")

    changed = await ann.ask(
        'mutation { userUpdate(input: {jobTitle: "Astronomer"}) { user { name jobTitle } cursor } }'
    )
    cleared = await ann.ask("mutation { userUpdate(input: {jobTitle: null}) { user { name jobTitle isAgent } } }")

    assert changed["userUpdate"]["user"] == {"name": "Ann", "jobTitle": "Astronomer"}
    assert cleared["userUpdate"]["user"] == {"name": "Ann", "jobTitle": None, "isAgent": False}


async def test_a_new_password_replaces_the_old_one(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    change = "mutation ($input: PasswordChangeInput!) { passwordChange(input: $input) { cursor } }"

    wrong = await ann.refused(change, input={"currentPassword": "not it", "newPassword": "another password"})
    await ann.ask(change, input={"currentPassword": PASSWORD, "newPassword": "another password"})
    old = await ann.refused(LOGIN, input={"email": ann.email, "password": PASSWORD})
    new = await ann.ask(LOGIN, input={"email": ann.email, "password": "another password"})

    assert wrong["extensions"] == {"code": "BAD_USER_INPUT", "field": "currentPassword"}
    assert old["extensions"]["code"] == "UNAUTHENTICATED"
    assert new["authLogin"]["user"]["email"] == ann.email


async def test_a_token_is_shown_once_and_listed_without_its_text(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")

    made = await ann.ask(
        """mutation { apiTokenCreate(input: {name: "CI", scopes: [PROJECTS_READ, ACCOUNT_READ]}) {
          secret apiToken { id name prefix scopes expiresAt lastUsedAt } } }"""
    )
    listed = await ann.ask("{ viewer { apiTokens { id name prefix scopes expiresAt lastUsedAt } } }")

    assert made["apiTokenCreate"]["secret"].startswith(made["apiTokenCreate"]["apiToken"]["prefix"])
    assert listed["viewer"]["apiTokens"] == [made["apiTokenCreate"]["apiToken"]]
    assert listed["viewer"]["apiTokens"][0]["scopes"] == ["PROJECTS_READ", "ACCOUNT_READ"]


async def test_the_tokens_of_somebody_else_cannot_be_read(lab: Lab, board: Board) -> None:
    await lab.confirmed("bob@example.com")
    add = """mutation ($o: ID!) { organizationMemberAdd(
      organizationId: $o, input: {email: "bob@example.com", role: MEMBER}) {
        member { user { id apiTokens { id } } } } }"""

    refused = await board.ann.refused(add, o=board.organization)

    assert refused["extensions"]["code"] == "FORBIDDEN"
    assert refused["path"][-1] == "apiTokens"


async def test_a_session_goes_on_and_the_viewer_has_a_name_and_a_home(lab: Lab, board: Board) -> None:
    # Given
    ann = board.ann
    sign_in = "mutation ($input: AuthLoginInput!) { authLogin(input: $input) { refreshToken } }"
    signed_in = await ann.ask(sign_in, input={"email": ann.email, "password": PASSWORD})
    refresh = """mutation ($input: AuthRefreshInput!) {
      authRefresh(input: $input) { accessToken refreshToken expiresAt user { id } } }"""
    settle = """mutation ($home: ID!) { userUpdate(input: {username: "ann.a", homeWorkspaceId: $home}) {
      user { username homeWorkspace { id } } } }"""

    # When
    went_on = (await ann.ask(refresh, input=signed_in["authLogin"]))["authRefresh"]
    settled = await ann.ask(settle, home=board.workspace)
    health = await ann.ask("{ health { version uptimeSeconds parts { name status } machine { cpus } } }")

    # Then
    assert went_on["user"]["id"] == ann.id
    assert went_on["refreshToken"] != signed_in["authLogin"]["refreshToken"]
    assert settled["userUpdate"]["user"] == {"username": "ann.a", "homeWorkspace": {"id": board.workspace}}
    assert {"name": "DATABASE", "status": "UP"} in health["health"]["parts"]
    assert health["health"]["machine"] is None
