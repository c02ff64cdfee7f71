"""Proposals over the graph: each mutation, what is listed, and what is told of them."""

from tests.gateway.lab import Board, Lab, Person

CREATE_AGENT = "mutation ($input: AgentCreateInput!) { agentCreate(input: $input) { token agent { id policy } } }"
UPDATE = "mutation ($id: ID!, $title: String!) { cardUpdate(id: $id, input: {title: $title}) { card { id } } }"
WAITING = """
query ($o: String!, $filter: ProposalFilter) {
  workspace(orgSlug: $o, slug: "personal") {
    agentCeiling approvalsNeedSignIn proposalsExpireDays
    approvals(filter: $filter) { totalCount nodes {
      id tool arguments editedArguments status revision isExecutable via reason result error
      agent { slug } mission { id } createdBy { name } decidedBy { email }
      changes { id type before after }
    } }
  }
}
"""
HISTORY = """
query ($id: ID!) { card(id: $id) { title activity(first: 5) { nodes { type actor { name } approvedBy { email } } } } }
"""


async def atlas(lab: Lab, board: Board) -> Person:
    """An agent that proposes what it would do."""
    values = {"workspaceId": board.workspace, "name": "Atlas", "slug": "atlas", "policy": {"comment": "ALLOW"}}
    made = (await board.ann.ask(CREATE_AGENT, input=values))["agentCreate"]
    assert made["agent"]["policy"] == {"comment": "allow"}
    return Person(lab.client(made["token"]), made["agent"]["id"], made["token"], "atlas")


async def asked(agent: Person, card: str, title: str) -> str:
    """The id of the proposal that an update of a card becomes."""
    error = await agent.refused(UPDATE, id=card, title=title)
    found: str = error["extensions"]["proposalId"]
    return found


async def test_a_proposal_is_read_edited_and_approved(lab: Lab, board: Board) -> None:
    # Given
    ann, agent, card = board.ann, await atlas(lab, board), await board.card("Old")
    proposal = await asked(agent, card, "New")

    # When
    [waits] = (await ann.ask(WAITING, o=board.org_slug, filter={"status": {"eq": "PENDING"}}))["workspace"][
        "approvals"
    ]["nodes"]
    edited = await ann.ask(
        """mutation ($id: ID!, $arguments: JSON!) {
          proposalUpdate(id: $id, input: {arguments: $arguments, revision: 1}) { proposal {
            revision editedArguments changes { after } } } }""",
        id=proposal,
        arguments={"id": card, "title": "Newer"},
    )
    approved = await ann.ask(
        """mutation ($id: ID!) { proposalApprove(id: $id, input: {revision: 2, reason: "Go"}) {
          cursor proposal { status result reason via decidedBy { email } } } }""",
        id=proposal,
    )
    told = (await ann.ask(HISTORY, id=card))["card"]

    # Then
    assert waits["changes"] == [{"id": card, "type": "Card", "before": {"title": "Old"}, "after": {"title": "New"}}]
    assert (waits["tool"], waits["arguments"]) == ("update_card", {"id": card, "title": "New"})
    assert (waits["agent"], waits["mission"], waits["isExecutable"]) == ({"slug": "atlas"}, None, True)
    assert edited["proposalUpdate"]["proposal"] == {
        "revision": 2,
        "editedArguments": {"id": card, "title": "Newer"},
        "changes": [{"after": {"title": "Newer"}}],
    }
    assert approved["proposalApprove"]["proposal"] == {
        "status": "APPLIED",
        "result": {"id": card},
        "reason": "Go",
        "via": "jwt",
        "decidedBy": {"email": ann.email},
    }
    assert told["title"] == "Newer"
    update = {"type": "CARD_UPDATED", "actor": {"name": "Atlas"}, "approvedBy": {"email": ann.email}}
    assert update in told["activity"]["nodes"]


async def test_proposals_are_reviewed_applied_and_decided_on_together(lab: Lab, board: Board) -> None:
    # Given
    ann, agent, card = board.ann, await atlas(lab, board), await board.card("Old")
    first, second, third = [await asked(agent, card, title) for title in ("One", "Two", "Three")]
    words = {"workspaceId": board.workspace, "action": "Wash the windows", "explanation": "They are dirty"}

    # When
    created = await ann.ask(
        """mutation ($input: ProposalCreateInput!) { proposalCreate(input: $input) {
          proposal { id tool isExecutable explanation } } }""",
        input=words,
    )
    reviewed = await ann.ask(
        """mutation ($id: ID!) { proposalReview(id: $id, input: {approved: true}) { proposal { status } } }""", id=first
    )
    applied = await ann.ask("mutation ($id: ID!) { proposalApply(id: $id) { proposal { status } } }", id=first)
    rejected = await ann.ask(
        """mutation ($id: ID!) { proposalReject(id: $id, input: {reason: "No"}) { proposal { status } } }""", id=second
    )
    batch = await ann.ask(
        """mutation ($ids: [ID!]!) { proposalBatchDecide(ids: $ids, input: {approved: true}) {
          results { id proposal { status } error { code } } } }""",
        ids=[third, created["proposalCreate"]["proposal"]["id"]],
    )

    # Then
    assert created["proposalCreate"]["proposal"] | {"id": ""} == {
        "id": "",
        "tool": "Wash the windows",
        "isExecutable": False,
        "explanation": "They are dirty",
    }
    assert reviewed["proposalReview"]["proposal"] == {"status": "APPROVED"}
    assert applied["proposalApply"]["proposal"] == {"status": "APPLIED"}
    assert rejected["proposalReject"]["proposal"] == {"status": "REJECTED"}
    stale, noted = batch["proposalBatchDecide"]["results"]
    assert stale == {"id": third, "proposal": None, "error": {"code": "CONFLICT"}}
    assert noted["proposal"] == {"status": "APPLIED"}
