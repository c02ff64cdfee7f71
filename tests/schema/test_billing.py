"""Billing, the texts of a card as a whole, and grants of applications, over the graph."""

from dataclasses import replace
from datetime import timedelta

from bson import ObjectId

from gateway.app import create_app
from gateway.settings import Settings
from models import OAuthGrant
from models.base import collection, to_record, utc_now
from models.billing import Billing
from models.enums import TokenScope
from tests.gateway.lab import Board, Lab
from tests.resolvers.stripe import signature_of

PLAN = 'mutation ($o: ID!) { billingPlanChange(organizationId: $o, input: {plan: "team"}) { organization { id } } }'
PORTAL = "mutation ($o: ID!) { billingPortal(organizationId: $o, input: {}) { url } }"
PACKAGE = 'mutation ($o: ID!) { billingPaymentBegin(organizationId: $o, input: {package: "small"}) { clientSecret } }'
RECEIVE = 'mutation { billingReceive(input: {payload: "{}", signature: "t=1,v1=00"}) { accepted } }'
HEARD = "mutation ($p: String!, $s: String!) { billingReceive(input: {payload: $p, signature: $s}) { accepted } }"
REVISE = """
mutation ($id: ID!) {
  cardRevise(id: $id, input: {title: "Second", description: "Anew", labels: ["bug", "night"]}) {
    card { title description labels { name } }
  }
}
"""
GRANTS = "{ viewer { oauthGrants { id clientName } } }"
REVOKE = "mutation ($id: ID!) { oauthGrantRevoke(id: $id) { deletedId } }"


async def test_what_the_operator_has_not_set_up_is_told(board: Board) -> None:
    plan = await board.ann.refused(PLAN, o=board.organization)
    portal = await board.ann.refused(PORTAL, o=board.organization)
    package = await board.ann.refused(PACKAGE, o=board.organization)
    received = await board.ann.refused(RECEIVE)

    assert {error["extensions"]["code"] for error in (plan, portal, package, received)} == {"NOT_CONFIGURED"}


async def test_what_stripe_has_signed_is_heard_byte_for_byte_at_both_doors(settings: Settings, lab: Lab) -> None:
    # Given an event with an accent apart from its letter, and white space around it
    event = '\n {"id": "evt_1", "type": "ping", "name": "Cafe\u0301"}\r\n'
    signature = signature_of(event, "whsec_1")
    hearing = replace(settings, billing=Billing("sk_test_1", webhook_secret="whsec_1"))
    app = create_app(hearing, database=lab.app.state.database)

    # When it is told over REST and over the graph
    headers = {"stripe-signature": signature, "content-type": "application/json"}
    async with app.router.lifespan_context(app), Lab(app).client() as client:
        rest = await client.post("/billing/webhook", content=event.encode(), headers=headers)
        sent = {"query": HEARD, "variables": {"p": event, "s": signature}}
        graph = await client.post("/graphql", json=sent)

    # Then its signature holds
    assert rest.json() == {"ok": True}
    assert graph.json()["data"] == {"billingReceive": {"accepted": True}}


async def test_the_texts_of_a_card_are_revised_in_one_change(board: Board) -> None:
    card = await board.card("First")

    revised = (await board.ann.ask(REVISE, id=card))["cardRevise"]["card"]

    assert (revised["title"], revised["description"]) == ("Second", "Anew")
    assert [label["name"] for label in revised["labels"]] == ["bug", "night"]


async def test_a_grant_of_an_application_is_listed_and_revoked(board: Board) -> None:
    grant = to_record(
        OAuthGrant(
            user_id=ObjectId(board.ann.id),
            client_id="https://editor.example/oauth",
            client_name="Editor",
            client_host="editor.example",
            redirect_host="editor.example",
            scopes=[TokenScope.PROJECTS_READ],
            expires_at=utc_now() + timedelta(days=30),
        )
    )
    await collection(OAuthGrant).insert_one(grant)
    grant_id = str(grant["_id"])

    listed = (await board.ann.ask(GRANTS))["viewer"]["oauthGrants"]
    revoked = (await board.ann.ask(REVOKE, id=grant_id))["oauthGrantRevoke"]

    assert listed == [{"id": grant_id, "clientName": "Editor"}]
    assert revoked == {"deletedId": grant_id}
    assert (await board.ann.ask(GRANTS))["viewer"]["oauthGrants"] == []
