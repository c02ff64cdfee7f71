"""A queue to put jobs in."""

import pytest

from models.records import QueueRecord, WorkspaceRecord
from resolvers.inputs.job import QueueCreate
from resolvers.job.queue import create_queue
from resolvers.kit.context import Context
from tests.resolvers.lab import again


@pytest.fixture
async def queue(owner: Context, workspace: WorkspaceRecord) -> QueueRecord:
    return (await create_queue(again(owner), QueueCreate.of(workspace_id=workspace["_id"], name="Mails"))).value
