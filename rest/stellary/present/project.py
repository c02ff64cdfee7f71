"""Projects and their members."""

from typing_extensions import TypedDict

from models.base import Record
from rest.stellary.present.base import Id, Timestamp, id_or_none, timestamp, timestamp_or_none


class Project(TypedDict):
    """A project of a workspace."""

    id: Id
    name: str
    description: str | None
    deadline: Timestamp | None
    workspaceId: Id
    createdBy: Id | None
    createdAt: Timestamp
    updatedAt: Timestamp


class ProjectMember(TypedDict):
    """A workspace member who is notified of a project and can be assigned its cards."""

    userId: Id
    email: str
    name: str | None
    joinedAt: Timestamp


def project(record: Record) -> Project:
    return {
        "id": str(record["_id"]),
        "name": record["name"],
        "description": record["description"],
        "deadline": timestamp_or_none(record["deadline"]),
        "workspaceId": str(record["workspace_id"]),
        "createdBy": id_or_none(record["created_by"]),
        "createdAt": timestamp(record["created_at"]),
        "updatedAt": timestamp(record["updated_at"]),
    }


def project_member(record: Record) -> ProjectMember:
    """`record` is a membership with its `user`."""
    return {
        "userId": str(record["user_id"]),
        "email": record["user"]["email"],
        "name": record["user"]["name"],
        "joinedAt": timestamp(record["created_at"]),
    }
