"""The gateway, and a workspace of Ann's that Bob has joined."""

from dataclasses import dataclass

import pytest

from tests.gateway.lab import Board, Lab, Person, board, gateway, lab

__all__ = ["board", "gateway", "lab", "shared"]

INVITE = """mutation ($workspace: ID!, $email: String!) {
  workspaceMemberInvite(workspaceId: $workspace, input: {email: $email}) { token }
}"""
ACCEPT = "mutation ($token: String!) { invitationAccept(token: $token) { cursor } }"
ADD_MEMBER = """mutation ($project: ID!, $user: ID!) {
  projectMemberAdd(projectId: $project, input: {userId: $user}) { cursor }
}"""


@dataclass(frozen=True)
class Shared:
    """Ann's board, and Bob, who is a member of its workspace and its project."""

    board: Board
    bob: Person

    @property
    def ann(self) -> Person:
        return self.board.ann


async def invited(board: Board, email: str) -> str:
    """The token of an invitation to the board's workspace."""
    made = await board.ann.ask(INVITE, workspace=board.workspace, email=email)
    token: str = made["workspaceMemberInvite"]["token"]
    return token


@pytest.fixture
async def shared(lab: Lab, board: Board) -> Shared:
    bob = await lab.person("bob@example.com")
    await bob.ask(ACCEPT, token=await invited(board, bob.email))
    await board.ann.ask(ADD_MEMBER, project=board.project, user=bob.id)
    return Shared(board, bob)
