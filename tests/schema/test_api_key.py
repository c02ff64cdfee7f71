"""API keys of organizations over the graph."""

from tests.gateway.lab import Board

CREATE = """
mutation ($input: ApiKeyCreateInput!) {
  apiKeyCreate(input: $input) { secret apiToken { id name description scopes isActive expiresAt rotations } }
}
"""
READ = """
query ($org: ID!, $id: ID!) {
  apiKeys(organizationId: $org) { id name }
  apiKey(id: $id) { name description scopes isActive previousUntil rotations revokedAt lastUsedAt }
  viewer { apiTokens { id } }
}
"""


async def test_a_key_is_created_changed_rotated_revoked_and_deleted(board: Board) -> None:
    ann = board.ann
    values = {"organizationId": board.organization, "name": "Robot", "description": "Builds"}

    made = (await ann.ask(CREATE, input=values))["apiKeyCreate"]
    key = made["apiToken"]
    ids = {"org": board.organization, "id": key["id"]}
    assert made["secret"].startswith("sl_")
    assert key == {
        "id": key["id"],
        "name": "Robot",
        "description": "Builds",
        "scopes": ["PROJECTS_READ", "PROJECTS_WRITE", "PILOTAGE_READ", "PILOTAGE_WRITE"],
        "isActive": True,
        "expiresAt": None,
        "rotations": 0,
    }
    changed = await ann.ask(
        """mutation ($id: ID!) {
          apiKeyUpdate(id: $id, input: {description: null, scopes: [OPERATIONS_READ]}) { apiToken { description } }
          apiKeyRotate(id: $id, input: {graceHours: 2}) { secret apiToken { rotations previousUntil } }
        }""",
        id=key["id"],
    )
    rotated = changed["apiKeyRotate"]
    assert changed["apiKeyUpdate"]["apiToken"]["description"] is None
    assert rotated["secret"] != made["secret"]
    assert (rotated["apiToken"]["rotations"], rotated["apiToken"]["previousUntil"] is not None) == (1, True)

    revoking = "mutation ($id: ID!) { apiKeyRevoke(id: $id) { apiToken { isActive revokedAt } cursor } }"
    revoked = (await ann.ask(revoking, id=key["id"]))["apiKeyRevoke"]
    assert revoked["apiToken"] == {"isActive": False, "revokedAt": revoked["apiToken"]["revokedAt"]}
    read = await ann.ask(READ, **ids)
    assert (read["apiKeys"], read["viewer"]["apiTokens"]) == ([{"id": key["id"], "name": "Robot"}], [])
    assert (read["apiKey"]["scopes"], read["apiKey"]["previousUntil"]) == (["OPERATIONS_READ"], None)

    await ann.ask("mutation ($id: ID!) { apiKeyDelete(id: $id) { deletedId } }", id=key["id"])
    gone = await ann.refused("query ($id: ID!) { apiKey(id: $id) { name } }", id=key["id"])
    assert gone["extensions"]["code"] == "NOT_FOUND"
