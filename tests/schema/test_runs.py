"""Runs of cards over GraphQL."""

from tests.gateway.lab import Board


async def test_a_card_is_begun_written_to_done_anew_and_let_on(board: Board) -> None:
    # Given a board whose second column is an agent's
    ann, card = board.ann, await board.card("One", description="A lens")
    await ann.ask(
        'mutation ($id: ID!) { columnUpdate(id: $id, input: {kind: ACTIVE, prompt: "Do it"}) { cursor } }',
        id=board.done,
    )

    # When a person begins with a card, and writes to it
    begun = await ann.ask(
        """mutation ($id: ID!) {
          cardActivate(id: $id) { card { column { name } activeMission { id reason status waitingFor } } }
          cardMissionPrompt(id: $id, input: {text: "Mind the rain"}) { mission { id column { name } } } }""",
        id=card,
    )
    run = begun["cardActivate"]["card"]["activeMission"]
    assert run == {"id": run["id"], "reason": "COLUMN", "status": "QUEUED", "waitingFor": "CREDENTIAL"}
    assert begun["cardMissionPrompt"]["mission"] == {"id": run["id"], "column": {"name": "Done"}}

    # Then all of it is in the graph, and what is out of turn is refused
    read = await ann.ask(
        """query ($id: ID!, $project: ID!) {
          card(id: $id) { messages(first: 5) { nodes { content } } }
          project(id: $project) { activeMissions { id } workspace { boardAgent { slug } } } }""",
        id=card,
        project=board.project,
    )
    assert read["card"]["messages"]["nodes"] == [{"content": "Mind the rain"}]
    assert read["project"] == {"activeMissions": [{"id": run["id"]}], "workspace": {"boardAgent": {"slug": "board"}}}
    for mutation in (
        "missionRetry(id: $id)",
        "missionRelay(id: $id)",
        "missionReview(id: $id, input: {approved: true})",
    ):
        refused = await ann.refused(f"mutation ($id: ID!) {{ {mutation} {{ cursor }} }}", id=run["id"])
        assert refused["extensions"]["code"] == "CONFLICT", mutation
    for mutation, code in (("cardAutoApprove", "CONFLICT"), ("cardDelete", "AGENT_RUNNING")):
        refused = await ann.refused(f"mutation ($id: ID!) {{ {mutation}(id: $id) {{ cursor }} }}", id=card)
        assert refused["extensions"]["code"] == code
    anew = await ann.ask("mutation ($id: ID!) { missionRelaunch(id: $id) { mission { reason } } }", id=run["id"])
    assert anew["missionRelaunch"]["mission"] == {"reason": "RELAUNCH"}
