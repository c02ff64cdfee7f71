"""Every query that filing cards and finding them sends runs on an index."""

import pytest

from gateway.database import Database
from models import User
from models.base import collection
from models.card_enums import CardStage
from models.errors import BadUserInput
from models.records import WorkspaceRecord
from resolvers.card.card import get_card
from resolvers.card.graph import stage_of_cards
from resolvers.card.revise import revise_card
from resolvers.filing.find import find_cards, find_next_card
from resolvers.filing.submit import submit_card
from resolvers.inputs.card import CardRevise
from resolvers.inputs.filing import CardNext, CardSearch, CardSubmit
from resolvers.inputs.project import ProjectUpdate
from resolvers.kit.context import Context
from resolvers.lane.totals import totals
from resolvers.member.assignee import words_for
from resolvers.project.project import update_project
from tests.resolvers.lab import again
from tests.resolvers.projects import make_board
from tests.resolvers.test_indexes import check, recorded


async def test_filing_and_finding_run_on_indexes(
    owner: Context, workspace: WorkspaceRecord, database: Database
) -> None:
    board, inside = await make_board(owner, workspace, columns=1), {"workspace_id": workspace["_id"]}

    with recorded() as queries:
        await update_project(board.ctx, board.project["_id"], ProjectUpdate.of(slug="mirror"))
        for project in (None, "mirror", str(board.project["_id"])):
            for nobody in ("7", "nobody"):
                with pytest.raises(BadUserInput):
                    await submit_card(
                        again(owner), CardSubmit.of(**inside, title="x", project=project, assignee=nobody)
                    )
            values = CardSubmit.of(**inside, title="x", project=project, stage=CardStage.REVIEW, assignee="me")
            filed = (await submit_card(again(owner), values)).value.card
            await revise_card(again(owner), filed["_id"], CardRevise.of(stage=CardStage.TODO, labels=["x"]))
            found = await find_cards(
                again(owner),
                CardSearch.of(
                    **inside,
                    project=project,
                    assignee="me",
                    stages=[CardStage.TODO, CardStage.CANCELLED, CardStage.DONE],
                    priorities=[],
                    types=[],
                    search="x",
                ),
            )
            await totals([found])
            assert await find_next_card(again(owner), CardNext.of(**inside, project=project, assignee="me")) is not None
            await revise_card(again(owner), filed["_id"], CardRevise.of(stage=CardStage.BLOCKED, assignee=None))
        page = await find_cards(again(owner), CardSearch.of(**inside))
        assert (await totals([page]), len(page.nodes)) == ([3], 3)
        assert await find_next_card(again(owner), CardNext.of(**inside)) is None
        card = await get_card(again(owner), filed["_id"])
        assert await stage_of_cards(again(owner), [card], None) == [CardStage.BLOCKED]
        words = await words_for([owner.user_id])

    viewer = await collection(User).find_one({"_id": owner.user_id})
    assert viewer is not None
    assert words == {owner.user_id: str(viewer["number"])}
    await check(database, queries)
