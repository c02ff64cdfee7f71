"""What the roles may do."""

import pytest

from auth.policies import board, document, mission, organization, workspace
from auth.policies.permission import Permission
from models.enums import PilotageRole, Role

PERMISSIONS = [
    value
    for module in (board, document, mission, organization, workspace)
    for value in vars(module).values()
    if isinstance(value, Permission)
]


def test_permissions_are_named_questions_with_distinct_names() -> None:
    assert len({one.name for one in PERMISSIONS}) == len(PERMISSIONS) > 10
    assert all(one.question.startswith("Can the subject") and one.question.endswith("?") for one in PERMISSIONS)


@pytest.mark.parametrize("permission", PERMISSIONS, ids=lambda one: one.name)
def test_a_higher_role_may_whatever_a_lower_one_may(permission: Permission) -> None:
    assert permission.allows(Role.OWNER)
    assert permission.allows(Role.ADMIN) or not permission.allows(Role.MEMBER)


def test_only_owners_delete_tenants() -> None:
    assert organization.DELETE.roles == workspace.DELETE.roles == {Role.OWNER}


def test_members_administer_nothing() -> None:
    administering = (
        organization.UPDATE,
        organization.MANAGE_MEMBERS,
        organization.CREATE_WORKSPACE,
        workspace.UPDATE,
        workspace.MANAGE_MEMBERS,
        workspace.MANAGE_AGENTS,
        workspace.MANAGE_PLUGINS,
    )

    assert not any(one.allows(Role.MEMBER) for one in administering)
    assert all(one.allows("admin") for one in administering)


def test_documents_are_reviewed_by_admins_and_by_reviewers_of_the_cockpit() -> None:
    assert document.REVIEW.allows(Role.MEMBER, PilotageRole.REVIEWER)
    assert document.REVIEW.allows(Role.ADMIN, PilotageRole.VIEWER)
    assert not document.REVIEW.allows(Role.MEMBER, PilotageRole.VIEWER)
    refused = document.REVIEW.refusal({"role": "member", "pilotage_role": "viewer"}, "workspace")
    assert refused is not None
    assert (
        refused.message == "This takes the role owner or admin in the workspace, or the pilotage role owner or reviewer"
    )
