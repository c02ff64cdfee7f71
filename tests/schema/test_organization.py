"""Organizations, workspaces and their members over the graph."""

from tests.gateway.lab import PASSWORD, Board, Lab

CREATE_ORGANIZATION = """
mutation ($input: OrganizationCreateInput!) {
  organizationCreate(input: $input) { organization { id slug myRole owner { id } } cursor }
}
"""
CREATE_WORKSPACE = """
mutation ($input: WorkspaceCreateInput!) {
  workspaceCreate(input: $input) { workspace { id slug myRole myPilotageRole isPersonal organization { name } } cursor }
}
"""
MEMBERS = """
query ($slug: String!, $ws: String!) {
  organization(slug: $slug) {
    members { totalCount nodes { role joinedAt user { email } } }
    workspace(slug: $ws) { members { nodes { role pilotageRole user { email } } } }
  }
}
"""


async def test_an_organization_is_created_changed_and_deleted(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")

    made = (await ann.ask(CREATE_ORGANIZATION, input={"name": "Acme", "slug": "acme"}))["organizationCreate"]
    changed = await ann.ask(
        'mutation ($id: ID!) { organizationUpdate(id: $id, input: {name: "Acme Ltd"}) { organization { name slug } } }',
        id=made["organization"]["id"],
    )
    taken = await ann.refused(CREATE_ORGANIZATION, input={"name": "Other", "slug": "acme"})
    gone = await ann.ask(
        "mutation ($id: ID!) { organizationDelete(id: $id) { deletedId cursor } }", id=made["organization"]["id"]
    )
    after = await ann.refused('{ organization(slug: "acme") { id } }')

    assert made["organization"]["myRole"] == "OWNER"
    assert made["organization"]["owner"]["id"] == ann.id
    assert changed["organizationUpdate"]["organization"] == {"name": "Acme Ltd", "slug": "acme"}
    assert taken["extensions"] == {"code": "CONFLICT", "field": "slug"}
    assert gone["organizationDelete"]["deletedId"] == made["organization"]["id"]
    assert after["extensions"]["code"] == "NOT_FOUND"


async def test_a_workspace_is_created_changed_and_deleted(board: Board) -> None:
    ann = board.ann
    values = {"organizationId": board.organization, "name": "Engineering", "slug": "eng"}

    made = (await ann.ask(CREATE_WORKSPACE, input=values))["workspaceCreate"]["workspace"]
    changed = await ann.ask(
        'mutation ($id: ID!) { workspaceUpdate(id: $id, input: {slug: "dev"}) { workspace { slug } } }', id=made["id"]
    )
    found = await ann.ask(
        'query ($org: String!) { workspace(orgSlug: $org, slug: "dev") { id myRole } }', org=board.org_slug
    )
    await ann.ask("mutation ($id: ID!) { workspaceDelete(id: $id) { deletedId } }", id=made["id"])
    after = await ann.refused(
        'query ($org: String!) { workspace(orgSlug: $org, slug: "dev") { id } }', org=board.org_slug
    )

    assert (made["myRole"], made["myPilotageRole"], made["isPersonal"]) == ("OWNER", "OWNER", False)
    assert changed["workspaceUpdate"]["workspace"] == {"slug": "dev"}
    assert found["workspace"] == {"id": made["id"], "myRole": "OWNER"}
    assert after["extensions"]["code"] == "NOT_FOUND"


async def test_members_of_an_organization_come_change_and_go(lab: Lab, board: Board) -> None:
    ann, bob = board.ann, await lab.confirmed("bob@example.com")
    variables = {"o": board.organization, "u": bob.id}

    added = await ann.ask(
        """mutation ($o: ID!) { organizationMemberAdd(
          organizationId: $o, input: {email: "bob@example.com", role: MEMBER}) { member { role user { id } } } }""",
        o=board.organization,
    )
    changed = await ann.ask(
        """mutation ($o: ID!, $u: ID!) { organizationMemberUpdate(
          organizationId: $o, userId: $u, input: {role: ADMIN}) { member { role } } }""",
        **variables,
    )
    listed = await ann.ask(MEMBERS, slug=board.org_slug, ws="personal")
    removed = await ann.ask(
        "mutation ($o: ID!, $u: ID!) { organizationMemberRemove(organizationId: $o, userId: $u) { deletedId } }",
        **variables,
    )
    outside = await bob.refused(MEMBERS, slug=board.org_slug, ws="personal")

    assert added["organizationMemberAdd"]["member"] == {"role": "MEMBER", "user": {"id": bob.id}}
    assert changed["organizationMemberUpdate"]["member"] == {"role": "ADMIN"}
    assert [one["user"]["email"] for one in listed["organization"]["members"]["nodes"]] == [
        "ann@example.com",
        "bob@example.com",
    ]
    assert removed["organizationMemberRemove"]["deletedId"] == bob.id
    assert outside["extensions"]["code"] == "NOT_FOUND"


async def test_an_invitation_leads_to_the_workspace(lab: Lab, board: Board) -> None:
    ann, bob = board.ann, await lab.person("bob@example.com")
    variables = {"w": board.workspace, "u": bob.id}

    invited = (
        await ann.ask(
            """mutation ($w: ID!) { workspaceMemberInvite(workspaceId: $w, input: {email: "bob@example.com"}) {
              link token expiresAt cursor } }""",
            w=board.workspace,
        )
    )["workspaceMemberInvite"]
    accepted = await bob.ask(
        "mutation ($t: String!) { invitationAccept(token: $t) { member { role pilotageRole } } }", t=invited["token"]
    )
    seen = await bob.ask("query ($p: ID!) { project(id: $p) { name } }", p=board.project)
    changed = await ann.ask(
        """mutation ($w: ID!, $u: ID!) { workspaceMemberUpdate(
          workspaceId: $w, userId: $u, input: {pilotageRole: REVIEWER}) { member { role pilotageRole } } }""",
        **variables,
    )
    added = await ann.ask(
        """mutation ($p: ID!, $u: ID!) { projectMemberAdd(projectId: $p, input: {userId: $u}) {
          member { user { id } joinedAt } cursor } }""",
        p=board.project,
        u=bob.id,
    )
    off = await ann.ask(
        "mutation ($p: ID!, $u: ID!) { projectMemberRemove(projectId: $p, userId: $u) { deletedId } }",
        p=board.project,
        u=bob.id,
    )
    await ann.ask(
        "mutation ($w: ID!, $u: ID!) { workspaceMemberRemove(workspaceId: $w, userId: $u) { deletedId } }", **variables
    )
    outside = await bob.refused("query ($p: ID!) { project(id: $p) { name } }", p=board.project)

    assert invited["link"].endswith(f"/invitations/accept#{invited['token']}")
    assert accepted["invitationAccept"]["member"] == {"role": "MEMBER", "pilotageRole": "VIEWER"}
    assert seen["project"] == {"name": "Launch"}
    assert changed["workspaceMemberUpdate"]["member"] == {"role": "MEMBER", "pilotageRole": "REVIEWER"}
    assert added["projectMemberAdd"]["member"]["user"]["id"] == bob.id
    assert off["projectMemberRemove"]["deletedId"] == bob.id
    assert outside["extensions"]["code"] == "NOT_FOUND"


async def test_organizations_page_both_ways(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    for slug in ("one", "two", "three", "four"):
        await ann.ask(CREATE_ORGANIZATION, input={"name": slug, "slug": slug})
    page = """query ($first: Int, $after: String, $last: Int, $before: String) {
      organizations(first: $first, after: $after, last: $last, before: $before) {
        totalCount nodes { slug } edges { cursor node { slug } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""

    first = (await ann.ask(page, first=2))["organizations"]
    second = (await ann.ask(page, first=10, after=first["pageInfo"]["endCursor"]))["organizations"]
    back = (await ann.ask(page, last=2, before=second["pageInfo"]["startCursor"]))["organizations"]
    mixed = await ann.refused(page, first=1, last=1)

    assert [one["slug"] for one in first["nodes"] + second["nodes"]] == ["ann", "one", "two", "three", "four"]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)
    assert back["edges"] == first["edges"]
    assert first["totalCount"] == second["totalCount"] == 5
    assert mixed["extensions"]["code"] == "BAD_USER_INPUT"


async def test_invitations_are_listed_sent_again_and_revoked(lab: Lab, board: Board) -> None:
    invite = "mutation ($w: ID!, $e: String!) { workspaceMemberInvite(workspaceId: $w, input: {email: $e}) { "
    invite += "invitation { id email role inviter { name } } expiresAt token } }"
    listed = 'query ($o: String!) { workspace(orgSlug: $o, slug: "personal") { invitations { totalCount nodes { '
    listed += "id email role inviter { name } } } } }"

    made = (await board.ann.ask(invite, w=board.workspace, e="bob@example.com"))["workspaceMemberInvite"]
    before = await board.ann.ask(listed, o=board.org_slug)
    again = await board.ann.ask(
        "mutation ($id: ID!) { invitationResend(id: $id) { token expiresAt } }", id=made["invitation"]["id"]
    )
    revoked = await board.ann.ask(
        "mutation ($id: ID!) { invitationRevoke(id: $id) { deletedId cursor } }", id=made["invitation"]["id"]
    )
    after = await board.ann.ask(listed, o=board.org_slug)

    shown = {"email": "bob@example.com", "role": "MEMBER", "inviter": {"name": "Ann"}}
    assert made["invitation"] == {"id": made["invitation"]["id"], **shown}
    assert before["workspace"]["invitations"] == {"totalCount": 1, "nodes": [made["invitation"]]}
    assert again["invitationResend"]["token"] == made["token"]
    assert again["invitationResend"]["expiresAt"] >= made["expiresAt"]
    assert revoked["invitationRevoke"]["deletedId"] == made["invitation"]["id"]
    assert after["workspace"]["invitations"] == {"totalCount": 0, "nodes": []}


async def test_an_invited_person_registers_and_joins_in_one_step(lab: Lab, board: Board) -> None:
    invite = (
        'mutation ($w: ID!) { workspaceMemberInvite(workspaceId: $w, input: {email: "bob@example.com"}) { token } }'
    )
    token = (await board.ann.ask(invite, w=board.workspace))["workspaceMemberInvite"]["token"]
    preview = "query ($t: String!) { invitation(token: $t) { email role workspaceName organizationName inviterName } }"
    register = "mutation ($input: InvitationRegisterInput!) { invitationRegister(input: $input) { "
    register += "accessToken user { id email name } } }"
    anyone = lab.client()

    shown = await anyone.post("/graphql", json={"query": preview, "variables": {"t": token}})
    values = {"token": token, "password": PASSWORD, "name": "Bob"}
    made = await anyone.post("/graphql", json={"query": register, "variables": {"input": values}})
    used = await anyone.post("/graphql", json={"query": preview, "variables": {"t": token}})

    assert shown.json()["data"]["invitation"] == {
        "email": "bob@example.com",
        "role": "MEMBER",
        "workspaceName": "Personal",
        "organizationName": "Ann",
        "inviterName": "Ann",
    }
    signed_in = made.json()["data"]["invitationRegister"]
    assert (signed_in["user"]["email"], signed_in["user"]["name"]) == ("bob@example.com", "Bob")
    bob = lab.client(signed_in["accessToken"])
    mine = "{ organizations { nodes { name workspaces { nodes { slug myRole } } } } }"
    organizations = (await bob.post("/graphql", json={"query": mine})).json()["data"]["organizations"]["nodes"]
    assert {one["name"] for one in organizations} == {"Ann", "Bob"}
    assert used.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_somebody_is_invited_to_an_organization_and_one_that_was_deleted_comes_back(
    lab: Lab, board: Board
) -> None:
    # Given
    ann, bob = board.ann, await lab.person("bob@example.com")
    invite = """mutation ($o: ID!, $email: String!) { organizationMemberInvite(
      organizationId: $o, input: {email: $email}) { token invitation { id } } }"""
    kept, revoked = [
        (await ann.ask(invite, o=board.organization, email=email))["organizationMemberInvite"]
        for email in (bob.email, "eve@example.com")
    ]

    # When
    accept = "mutation ($t: String!) { organizationInvitationAccept(token: $t) { member { role user { id } } } }"
    joined = await bob.ask(accept, t=kept["token"])
    revoke = """mutation ($o: ID!, $i: ID!) {
      organizationInvitationRevoke(organizationId: $o, invitationId: $i) { deletedId } }"""
    gone = await ann.ask(revoke, o=board.organization, i=revoked["invitation"]["id"])
    side = (await ann.ask(CREATE_ORGANIZATION, input={"name": "Side", "slug": "side"}))["organizationCreate"]
    side_id = side["organization"]["id"]
    await ann.ask("mutation ($id: ID!) { organizationDelete(id: $id, recoverable: true) { deletedId } }", id=side_id)
    restore = "mutation ($id: ID!) { organizationRestore(organizationId: $id) { organization { slug } } }"
    back = await ann.ask(restore, id=side_id)

    # Then
    assert joined["organizationInvitationAccept"]["member"] == {"role": "MEMBER", "user": {"id": bob.id}}
    assert gone["organizationInvitationRevoke"]["deletedId"] == revoked["invitation"]["id"]
    assert back["organizationRestore"]["organization"] == {"slug": "side"}
