"""What people set for themselves, over the graph."""

from tests.gateway.lab import Board


async def test_what_a_person_sets_is_theirs(board: Board) -> None:
    ann, card = board.ann, await board.card("One")

    await ann.ask(
        """mutation ($project: ID!, $input: PreferencesUpdateInput!, $order: ProjectReorderInput!,
          $states: PanelStatesUpdateInput!) {
          preferencesUpdate(input: $input) { preferences { settings } cursor }
          projectReorder(input: $order) { preferences { projectOrder } }
          projectOpen(id: $project) { preferences { lastProject { name } } }
          panelStatesUpdate(input: $states) { project { panelStates { card { title } state } } cursor } }""",
        project=board.project,
        input={"settings": {"theme": "dark"}, "shortcuts": {"search": "k"}, "mutedActivities": ["CARD_MOVED"]},
        order={"ids": [board.project]},
        states={"projectId": board.project, "states": {card: {"open": True}}},
    )
    read = await ann.ask(
        """query ($id: ID!) { viewer { preferences {
            settings shortcuts mutedActivities projectOrder lastProject { name } } }
          project(id: $id) { panelStates { card { title } state } } }""",
        id=board.project,
    )
    await ann.ask("mutation ($card: ID!) { panelStateDelete(cardId: $card) { deletedId cursor } }", card=card)
    left = await ann.ask("query ($id: ID!) { project(id: $id) { panelStates { state } } }", id=board.project)

    assert read["viewer"]["preferences"] == {
        "settings": {"theme": "dark"},
        "shortcuts": {"search": "k"},
        "mutedActivities": ["CARD_MOVED"],
        "projectOrder": [board.project],
        "lastProject": {"name": "Launch"},
    }
    assert read["project"]["panelStates"] == [{"card": {"title": "One"}, "state": {"open": True}}]
    assert left["project"]["panelStates"] == []
