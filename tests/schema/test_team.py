"""Teams over the graph."""

from tests.gateway.lab import Board, Lab

TEAM = (
    "id name description memberCount organization { slug } createdBy { name } members { nodes { role user { name } } }"
)
CREATE = f"mutation ($input: TeamCreateInput!) {{ teamCreate(input: $input) {{ team {{ {TEAM} }} cursor }} }}"
CHANGE = """
mutation ($id: ID!, $user: ID!) {
  teamUpdate(id: $id, input: {name: "Domes"}) { team { name description } }
  teamMemberAdd(teamId: $id, input: {userId: $user}) { member { role joinedAt user { name } } }
  teamMemberUpdate(teamId: $id, userId: $user, input: {role: ADMIN}) { member { role } }
}
"""
LIST = """
query ($slug: String!, $id: ID!) {
  organization(slug: $slug) { teams(filter: {name: {contains: "dom"}}) { totalCount nodes { memberCount } } }
  team(id: $id) { name members { nodes { role user { name } } } }
}
"""
END = """
mutation ($id: ID!, $user: ID!) {
  teamMemberRemove(teamId: $id, userId: $user) { deletedId }
  teamDelete(id: $id) { deletedId }
}
"""


async def test_a_team_is_created_changed_and_deleted(lab: Lab, board: Board) -> None:
    ann, bob = board.ann, await lab.confirmed("bob@example.com")
    add = 'mutation ($o: ID!) { organizationMemberAdd(organizationId: $o, input: {email: "bob@example.com", '
    await ann.ask(add + "role: MEMBER}) { member { role } } }", o=board.organization)
    values = {"organizationId": board.organization, "name": "Core", "description": "Of the dome"}

    made = (await ann.ask(CREATE, input=values))["teamCreate"]["team"]
    named = {"id": made["id"], "user": bob.id}
    changed = await ann.ask(CHANGE, **named)
    invite = """mutation ($id: ID!) {
      teamMemberInvite(teamId: $id, input: {email: "tess@example.com"}) { invitation { email } } }"""
    invited = await ann.ask(invite, id=made["id"])
    listed = await bob.ask(LIST, slug=board.org_slug, id=made["id"])
    ended = await ann.ask(END, **named)
    gone = await ann.refused(LIST, slug=board.org_slug, id=made["id"])

    assert made == {
        "id": made["id"],
        "name": "Core",
        "description": "Of the dome",
        "memberCount": 1,
        "organization": {"slug": board.org_slug},
        "createdBy": {"name": "Ann"},
        "members": {"nodes": [{"role": "OWNER", "user": {"name": "Ann"}}]},
    }
    assert changed["teamUpdate"]["team"] == {"name": "Domes", "description": "Of the dome"}
    assert invited["teamMemberInvite"]["invitation"] == {"email": "tess@example.com"}
    assert changed["teamMemberAdd"]["member"]["user"] == {"name": "Bob"}
    assert changed["teamMemberUpdate"]["member"] == {"role": "ADMIN"}
    assert listed["organization"]["teams"] == {"totalCount": 1, "nodes": [{"memberCount": 2}]}
    assert [one["role"] for one in listed["team"]["members"]["nodes"]] == ["OWNER", "ADMIN"]
    assert (ended["teamMemberRemove"]["deletedId"], ended["teamDelete"]["deletedId"]) == (bob.id, made["id"])
    assert gone["extensions"]["code"] == "NOT_FOUND"
