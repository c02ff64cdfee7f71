"""Teams of an organization with their members, and invitations to them."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from bson import ObjectId
from typing_extensions import TypedDict

import models
from models.base import timestamp, utc_now
from models.enums import Role
from models.records import InvitationRecord, TeamRecord
from resolvers.invitation.send import NewInvitation
from rest.orkosi.present.show import Timestamp, presents, shown, word
from rest.present import Id

TeamRole = Literal["owner", "admin", "member"]
Numbers = Mapping[ObjectId, int]
"""The numbers of people and organizations, by their ids."""


@presents(models.Team, without=("organization_id", "created_by"))
class OrkosiTeamData(TypedDict):
    """A team. `created_by` is the number of a user; null for an account that is gone."""

    id: int | None
    organization_id: int | None
    created_by: int | None
    member_count: int


class OrkosiTeamMemberData(TypedDict):
    """A member of a team: `id` and `user_id` are the number of the user."""

    id: int | None
    user_id: int | None
    name: str | None
    username: str | None
    email: str | None
    role: TeamRole
    joined_at: Timestamp


class OrkosiTeamDetailData(OrkosiTeamData):
    """A team with its members."""

    members: list[OrkosiTeamMemberData]


class OrkosiTeamInviteData(TypedDict):
    """An invitation to a team. The token and the link are there once, where no mail goes out."""

    id: Id
    team_id: int | None
    email: str
    role: TeamRole
    status: Literal["pending", "expired"]
    invited_by: int | None
    created_at: Timestamp
    expires_at: Timestamp
    token: str | None
    link: str | None


def team(record: TeamRecord, members: int, numbers: Numbers) -> OrkosiTeamData:
    """A team with so many members."""
    return {
        **shown(OrkosiTeamData, record),
        "id": record["number"],
        "organization_id": numbers.get(record["organization_id"]),
        "created_by": numbers.get(record["created_by"]),
        "member_count": members,
    }


def team_detail(record: TeamRecord, members: Sequence[Mapping[str, Any]], numbers: Numbers) -> OrkosiTeamDetailData:
    shown_members = [team_member(member, numbers) for member in members]
    return {**team(record, len(members), numbers), "members": shown_members}


def team_member(record: Mapping[str, Any], numbers: Numbers) -> OrkosiTeamMemberData:
    """`record` is a membership with its `user`."""
    user, number = record["user"], numbers.get(record["user_id"])
    return {
        "id": number,
        "user_id": number,
        "name": user["name"],
        "username": user.get("username"),
        "email": user["email"],
        "role": _role(record["role"]),
        "joined_at": timestamp(record["created_at"]),
    }


def team_invite(
    record: InvitationRecord, team_number: int | None, numbers: Numbers, made: NewInvitation | None = None
) -> OrkosiTeamInviteData:
    """`made` is what whoever invites is shown once."""
    return {
        "id": str(record["_id"]),
        "team_id": team_number,
        "email": record["email"],
        "role": _role(record["role"]),
        "status": "pending" if record["expires_at"] > utc_now() else "expired",
        "invited_by": numbers.get(record["invited_by"]),
        "created_at": timestamp(record["created_at"]),
        "expires_at": timestamp(record["expires_at"]),
        "token": None if made is None else made.token,
        "link": None if made is None else made.link,
    }


def _role(value: str) -> TeamRole:
    found: TeamRole = word(Role(value))
    return found
