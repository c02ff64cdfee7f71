"""Each object of a path belongs to the one before it, whoever asks and whatever for."""

import re

from tests.rest.contract.contract import Contract, Ref
from tests.rest.contract.stage import Stage
from tests.rest.contract.test_contracts import CONTRACTS, send
from tests.world.paths import CARD, WORKSPACE, WORKSPACES

OTHERS = {"wsSlug": Ref("other_ws_slug"), "projectId": Ref("other_project"), "cardId": Ref("third_card")}
"""Of the same owner; nothing of what the world's paths name belongs to them."""

# Labels belong to the project, documents to the workspace: any card may have them, and none of them after.
FREE = {
    ("POST", CARD + "/labels/{labelId}", "cardId"),
    ("POST", CARD + "/documents/{documentId}/link", "cardId"),
    ("DELETE", CARD + "/documents/{documentId}/link", "cardId"),
}


def _levels(contract: Contract) -> list[str]:
    """The parameters of the path that have an object of theirs behind them."""
    names = re.findall(r"{(\w+)}", contract.route)
    return [name for name in names[:-1] if name in OTHERS and (contract.method, contract.route, name) not in FREE]


async def test_a_path_through_another_parent_leads_nowhere_and_changes_nothing(stage: Stage) -> None:
    # Given
    await stage.made(WORKSPACES, name="Other", slug="other")
    other = await stage.made(WORKSPACE + "/projects", name="Other")
    ids = {**stage.ids, "other_ws_slug": "other", "other_project": other["id"]}
    arranged = []
    for contract in CONTRACTS:
        if levels := _levels(contract):
            stage.ids = dict(ids)
            if contract.given:
                await contract.given(stage)
            arranged += [(contract, name, stage.ids) for name in levels]
    await stage.arrange()
    assert len(arranged) > 120

    # When
    led = {}
    for contract, name, stage.ids in arranged:
        answer = await send(stage, contract, path={name: OTHERS[name]})
        if answer.status_code != 404:
            led[f"{contract.name} with another {name}"] = answer.text

    # Then
    assert led == {}
    assert await stage.changes() == []
