"""What tests of documents stand on: a workspace's documents, and a board in it."""

from typing import Any

import pytest

from resolvers.kit.context import Context
from tests.resolvers.documents import Shelf
from tests.resolvers.projects import Board, make_board


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=1)


@pytest.fixture
def shelf(owner: Context, workspace: Any) -> Shelf:
    return Shelf(owner, workspace["_id"])
