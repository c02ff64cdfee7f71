"""What the tests of proposals work at."""

import pytest

from resolvers.kit.context import Context
from tests.resolvers.conftest import make_organization, make_workspace
from tests.resolvers.lab import People
from tests.resolvers.missions import Crew
from tests.resolvers.projects import make_board
from tests.resolvers.proposing import Desk


@pytest.fixture(scope="module")
async def desk(standing_owner: Context, standing_people: People) -> Desk:
    workspace = await make_workspace(standing_owner, await make_organization(standing_owner))
    crew = Crew(standing_people, standing_owner, workspace)
    board = await make_board(standing_owner, workspace, columns=2)
    return Desk(board, crew, await crew.hire(autonomyMode="supervised"))
