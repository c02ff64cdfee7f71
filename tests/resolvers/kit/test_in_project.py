"""What a caller may do that is bound to one project, as a conversation's model is."""

import pytest

from agents.runtime.child.toolbox import BEYOND_TALK
from agents.tools.catalogue import TOOLS
from auth.subject import ALL_SCOPES, Credential, Subject
from models.errors import Forbidden
from models.ids import Kind, new_id
from resolvers.catalogue import CATALOGUE
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller

FEW = {"search", "viewer"}
"""What is about no project that it opens, and bounded in itself."""
READS_BEYOND = (
    *("node", "nodes", "user", "agents", "documents", "missions", "proposals", "pilotageState", "folder", "textFile"),
    *(
        "organizations",
        "organizationMembers",
        "organizationMember",
        "workspaceMembers",
        "templates",
        "credential",
        "budget",
    ),
)
DECIDES = (
    *("documentReview", "projectMemberAdd", "projectMemberUpdate", "projectMemberRemove", "cardAutoApprove"),
    *("missionReview", "proposalApply", "agentUpdate", "scriptCreate", "scriptUpdate", "scriptRun"),
    *("templateCreateFromProject", "scopeCreateFromTemplate"),
    *("automationCreate", "automationUpdate", "automationToggle"),
)


@pytest.mark.parametrize("credential", [Credential.NONE, Credential.SESSION])
def test_who_is_bound_to_a_project_is_refused_what_reaches_beyond_it_or_decides(
    anonymous: Context, credential: Credential
) -> None:
    # Given a caller with every scope
    bound = Subject(
        new_id(Kind.USER), credential, ALL_SCOPES, workspace_id=new_id(Kind.WORKSPACE), project_id=new_id(Kind.PROJECT)
    )

    # When each operation is called
    admitted = {name for name in CATALOGUE if _admits(Context(bound, anonymous.services), name)}

    # Then those alone are let through whose door asks for the project, and that anybody does who is signed in
    beyond = {name for name in admitted if (door := CATALOGUE[name].door) is None or not door.noun.is_in_project}
    assert beyond == FEW
    assert {CATALOGUE[name].caller for name in admitted} == {Caller.SIGNED_IN}
    assert admitted.isdisjoint(READS_BEYOND)
    assert admitted.isdisjoint(DECIDES)
    assert {"board", "cardUpdate", "documentUpdate", "projectUpdate"} <= admitted

    # And a conversation's model is told of no other tool, and of none that takes away for good
    tools = [TOOLS[name] for name in TOOLS.keys() - BEYOND_TALK]
    assert {tool.operation.name for tool in tools if tool.operation is not None} <= admitted
    assert {tool.name for tool in tools if tool.destructive or tool.operation is None} == {"find_tools", "call_tool"}


def _admits(ctx: Context, name: str) -> bool:
    try:
        CATALOGUE[name].admit(ctx)
    except Forbidden:
        return False
    return True
