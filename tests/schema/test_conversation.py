"""Conversations with a model over GraphQL: the assistant of a project, and pre-sessions."""

from tests.gateway.lab import Board

SAY = """
mutation ($input: AssistantSayInput!) { assistantMessage(input: $input) { message { role content position } } }
"""
BEGIN = """
mutation ($card: ID!) { preSessionCreate(input: {cardId: $card}) { conversation { id kind status draft card { id } } } }
"""
TELL = 'mutation ($id: ID!) { preSessionMessage(id: $id, input: {content: "Shorter"}) { message { content } } }'
END = "mutation ($id: ID!) { %s(id: $id) { conversation { status } } }"
READ = """
query ($card: ID!) { card(id: $card) { preSession { id waitingFor messages { nodes { role content } } } } }
"""


async def test_what_is_said_to_an_assistant_is_kept_where_there_is_no_model(board: Board) -> None:
    values = {"projectId": board.project, "content": "What is late?"}

    said = (await board.ann.ask(SAY, input=values))["assistantMessage"]["message"]

    assert said == {"role": "USER", "content": "What is late?", "position": 1}


async def test_a_pre_session_is_begun_once_spoken_in_and_ended(board: Board) -> None:
    ann, card = board.ann, await board.card("First")

    begun = (await ann.ask(BEGIN, card=card))["preSessionCreate"]["conversation"]
    again = await ann.refused(BEGIN, card=card)
    await ann.ask(TELL, id=begun["id"])
    read = (await ann.ask(READ, card=card))["card"]["preSession"]
    too_soon = await ann.refused(END % "preSessionAccept", id=begun["id"])
    ended = (await ann.ask(END % "preSessionCancel", id=begun["id"]))["preSessionCancel"]["conversation"]

    assert begun == {
        "id": begun["id"],
        "kind": "PRE_SESSION",
        "status": "ACTIVE",
        "draft": None,
        "card": {"id": card},
    }
    assert again["extensions"]["code"] == too_soon["extensions"]["code"] == "CONFLICT"
    said = {"nodes": [{"role": "USER", "content": "Shorter"}]}
    assert read == {"id": begun["id"], "waitingFor": "CREDENTIAL", "messages": said}
    assert ended == {"status": "CANCELLED"}
