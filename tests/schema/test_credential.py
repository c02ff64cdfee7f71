"""Credentials over the graph."""

from tests.gateway.lab import Board

CREATE = """
mutation ($input: CredentialCreateInput!) { credentialCreate(input: $input) { credential { id key hint version } } }
"""
REVEAL = "mutation ($id: ID!) { credentialReveal(id: $id) { credential { key } value cursor } }"
LIST = """
query ($slug: String!) { organization(slug: $slug) { credentials { key description version createdBy { name } } } }
"""


async def test_a_credential_is_created_changed_revealed_and_deleted(board: Board) -> None:
    ann = board.ann
    values = {"organizationId": board.organization, "key": "anthropic", "value": "sk-0123456789abcdef"}

    made = (await ann.ask(CREATE, input=values))["credentialCreate"]["credential"]
    await ann.ask(
        'mutation ($id: ID!) { credentialUpdate(id: $id, input: {description: "Plans"}) { credential { id } } }',
        id=made["id"],
    )
    await ann.ask(
        'mutation ($id: ID!) { credentialRotate(id: $id, input: {value: "other"}) { credential { id } } }',
        id=made["id"],
    )
    revealed = (await ann.ask(REVEAL, id=made["id"]))["credentialReveal"]
    [listed] = (await ann.ask(LIST, slug=board.org_slug))["organization"]["credentials"]
    await ann.ask("mutation ($id: ID!) { credentialDelete(id: $id) { deletedId } }", id=made["id"])
    gone = await ann.refused(REVEAL, id=made["id"])

    assert made == {"id": made["id"], "key": "anthropic", "hint": "cdef", "version": 1}
    assert (revealed["credential"]["key"], revealed["value"]) == ("anthropic", "other")
    assert (listed["description"], listed["version"]) == ("Plans", 2)
    assert gone["extensions"]["code"] == "NOT_FOUND"
