"""Organizations."""

from typing_extensions import TypedDict

import models
from models.records import (
    OrganizationRecord,
)
from rest.present import presents, shown
from rest.stellary.present.member import Role, role_word


@presents(models.Organization)
class Organization(TypedDict):
    """The top of the tenancy. `myRole` is the caller's."""

    myRole: Role


def organization(record: OrganizationRecord) -> Organization:
    """`record` carries `my_role`."""
    return {**shown(Organization, record), "myRole": role_word(record["my_role"])}
