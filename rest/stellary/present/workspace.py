"""Workspaces."""

from typing_extensions import TypedDict

import models
from models.enums import PilotageRole as PilotageRoleValue
from models.records import (
    WorkspaceRecord,
)
from rest.present import presents, shown, word
from rest.stellary.present.account import PilotageRole
from rest.stellary.present.member import Role, role_word


@presents(models.Workspace)
class Workspace(TypedDict):
    """The tenant of projects, agents and missions. `myRole` and `myPilotageRole` are the caller's."""

    myRole: Role
    myPilotageRole: PilotageRole


def workspace(record: WorkspaceRecord) -> Workspace:
    """`record` carries `my_role` and `my_pilotage_role`."""
    return {
        **shown(Workspace, record),
        "myRole": role_word(record["my_role"]),
        "myPilotageRole": word(PilotageRoleValue(record["my_pilotage_role"])),
    }
