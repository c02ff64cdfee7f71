"""What a watcher of a project is told of custom fields and relations."""

from tests.gateway.lab import Board
from tests.serving.graph.test_graphql_live import subscribed

WATCH = """
subscription ($p: ID!) {
  projectEvents(projectId: $p) {
    __typename
    ... on Event { cursor }
    ... on CustomFieldCreated { customField { name order options { label } } }
    ... on CustomFieldUpdated { customField { type order } }
    ... on CustomFieldValuesChanged { customFieldId changes { cardId value } }
    ... on CustomFieldDeleted { customFieldId projectId }
    ... on CardUpdated { changedFields card { customFields { field { name } value } } }
    ... on RelationCreated { relation { type source { title } target { title } } projectIds actor { email } }
    ... on RelationDeleted { relationId type sourceId targetId }
  }
}
"""
FIELD = "mutation ($i: CustomFieldCreateInput!) { customFieldCreate(input: $i) { customField { id } } }"
SET = "mutation ($id: ID!, $i: CardCustomFieldsSetInput!) { cardCustomFieldsSet(id: $id, input: $i) { cursor } }"
TYPE = "mutation ($id: ID!) { customFieldUpdate(id: $id, input: {type: NUMBER}) { cursor } }"
DELETE = "mutation ($id: ID!) { customFieldDelete(id: $id) { cursor } }"
RELATE = "mutation ($i: RelationCreateInput!) { relationCreate(input: $i) { relation { id } } }"
END = "mutation ($id: ID!) { relationDelete(id: $id) { cursor } }"


async def test_a_watcher_sees_fields_and_relations_come_change_and_go(address: str, board: Board) -> None:
    a, b = [await board.card(title) for title in "AB"]
    async with subscribed(address, board.ann, WATCH, p=board.project) as stream:
        await stream.next()

        made = await board.ann.ask(FIELD, i={"projectId": board.project, "name": "Points", "type": "TEXT"})
        field = made["customFieldCreate"]["customField"]["id"]
        await board.ann.ask(SET, id=a, i={"values": [{"fieldId": field, "value": "12"}]})
        told = await stream.until("CardUpdated")
        await board.ann.ask(TYPE, id=field)
        relation = await board.ann.ask(RELATE, i={"cardId": a, "targetCardId": b, "type": "BLOCKS"})
        relation_id = relation["relationCreate"]["relation"]["id"]
        await board.ann.ask(END, id=relation_id)
        await board.ann.ask(DELETE, id=field)
        told += await stream.until("CustomFieldDeleted")

    for event in told:
        assert event.pop("cursor")
    assert told == [
        {"__typename": "CustomFieldCreated", "customField": {"name": "Points", "order": 0, "options": []}},
        {
            "__typename": "CardUpdated",
            "changedFields": ["customFields"],
            "card": {"customFields": [{"field": {"name": "Points"}, "value": "12"}]},
        },
        {"__typename": "CustomFieldUpdated", "customField": {"type": "NUMBER", "order": 0}},
        {
            "__typename": "CustomFieldValuesChanged",
            "customFieldId": field,
            "changes": [{"cardId": a, "value": 12}],
        },
        {
            "__typename": "RelationCreated",
            "relation": {"type": "BLOCKS", "source": {"title": "A"}, "target": {"title": "B"}},
            "projectIds": [board.project],
            "actor": {"email": "ann@example.com"},
        },
        {
            "__typename": "RelationDeleted",
            "relationId": relation_id,
            "type": "BLOCKS",
            "sourceId": a,
            "targetId": b,
        },
        {"__typename": "CustomFieldDeleted", "customFieldId": field, "projectId": board.project},
    ]
