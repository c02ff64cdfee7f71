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
    upsert = (
        "mutation ($input: CredentialUpsertInput!) { credentialUpsert(input: $input) { credential { id version } } }"
    )
    upserted = (await ann.ask(upsert, input={**values, "value": "third"}))["credentialUpsert"]["credential"]
    revealed = (await ann.ask(REVEAL, id=made["id"]))["credentialReveal"]
    [listed] = (await ann.ask(LIST, slug=board.org_slug))["organization"]["credentials"]
    await ann.ask("mutation ($id: ID!) { credentialDelete(id: $id) { deletedId } }", id=made["id"])
    gone = await ann.refused(REVEAL, id=made["id"])

    assert made == {"id": made["id"], "key": "anthropic", "hint": "cdef", "version": 1}
    assert upserted == {"id": made["id"], "version": 3}
    assert (revealed["credential"]["key"], revealed["value"]) == ("anthropic", "third")
    assert (listed["description"], listed["version"]) == ("Plans", 3)
    assert gone["extensions"]["code"] == "NOT_FOUND"


ASSIGN = """
mutation ($org: ID!, $project: ID!, $card: ID!, $input: CredentialAssignInput!, $none: CredentialAssignInput!) {
  organizationCredentialSet(id: $org, input: $input) { organization { defaultCredential { key } } }
  projectCredentialSet(id: $project, input: $input) { project { credential { key } } }
  cardCredentialSet(id: $card, input: $input) { card { credential { key } } }
  cleared: projectCredentialSet(id: $project, input: $none) { project { credential { key } } }
}
"""
READ = """
query ($org: ID!) {
  credentials(organizationId: $org) { id key name provider mask isDefault problem verifiedAt usage {
    total { calls costUsd } fiveHours { calls } sevenDays { inputTokens }
  } }
  mine: credentials { key }
}
"""


async def test_a_credential_is_assigned_verified_and_listed_with_its_usage(board: Board) -> None:
    ann = board.ann
    values = {"organizationId": board.organization, "name": "Our Models", "provider": "else", "value": "sk-0123"}
    made = (await ann.ask(CREATE, input=values))["credentialCreate"]["credential"]
    card = await board.card("First")
    chosen = {"credentialId": made["id"]}
    given = {"org": board.organization, "project": board.project, "card": card, "input": chosen}

    assigned = await ann.ask(ASSIGN, **given, none={"credentialId": None})
    verified = await ann.ask(
        "mutation ($id: ID!) { credentialVerify(id: $id) { credential { problem verifiedAt } } }", id=made["id"]
    )
    read = await ann.ask(READ, org=board.organization)

    named = {"key": "our-models"}
    assert assigned == {
        "organizationCredentialSet": {"organization": {"defaultCredential": named}},
        "projectCredentialSet": {"project": {"credential": named}},
        "cardCredentialSet": {"card": {"credential": named}},
        "cleared": {"project": {"credential": None}},
    }
    assert verified["credentialVerify"]["credential"]["problem"] == "It is of no provider that is known here"
    [listed] = read["credentials"]
    assert (listed["name"], listed["provider"], listed["mask"], listed["isDefault"]) == (
        "Our Models",
        "else",
        "****",
        True,
    )
    assert listed["usage"] == {
        "total": {"calls": 0, "costUsd": 0},
        "fiveHours": {"calls": 0},
        "sevenDays": {"inputTokens": 0},
    }
    assert named in read["mine"]


AUTHORIZE = """
mutation ($input: CredentialAuthorizeInput!) { credentialAuthorize(input: $input) { url } }
"""
FINISH = """
mutation ($input: CredentialAuthorizationFinishInput!) { credentialAuthorizationFinish(input: $input) { cursor } }
"""


async def test_a_sign_in_at_a_provider_that_the_operator_does_not_name_is_not_begun(board: Board) -> None:
    values = {"organizationId": board.organization, "provider": "nobody"}

    begun = await board.ann.refused(AUTHORIZE, input=values)
    finished = await board.ann.refused(FINISH, input={"state": "nobody's", "code": "x", "binding": "y"})

    assert begun["extensions"]["code"] in ("NOT_CONFIGURED", "BAD_USER_INPUT")
    assert finished["extensions"]["code"] == "BAD_USER_INPUT"
