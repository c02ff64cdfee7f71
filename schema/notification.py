"""Notifications: an activity, addressed to one person."""

from typing import Annotated

import strawberry
from strawberry import UNSET

import models
from models.enums import NoticeLevel
from resolvers.kit.position import notifications_cursor_of
from resolvers.notification import notification as edges
from schema.connection import After, Connection, First
from schema.extension import extends
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.references import ActivityRef, UserRef
from schema.scalars import Cursor

UnreadOnly = Annotated[bool | None, strawberry.argument(description="Leave out what was read.")]
Level = Annotated[NoticeLevel | None, strawberry.argument(description="Those alone that matter so much.")]


def notifications_window(
    first: First = UNSET, after: After = UNSET, unread_only: UnreadOnly = UNSET, level: Level = UNSET
) -> None:
    """The arguments of a list of notifications."""


@shows(models.Notification, "Something that happened in a project or a workspace of the viewer's.")
class Notification(Node):
    activity: ActivityRef = edge(edges.activity_of)


@extends(UserRef, after="credit_wallet")
class OfUser:
    notifications: Connection[Notification] = edge(
        edges.notifications_of,
        arguments=notifications_window,
        description="What happened in the user's projects, newest first: the viewer's own only.",
    )
    unread_notification_count: int = edge(
        edges.unread_count_of, description="How many notifications are unread: the viewer's own only."
    )
    notifications_cursor: Cursor = edge(
        notifications_cursor_of,
        description="Where the viewer's stream stood before this request read anything: the subscription "
        "`notifications` after it brings every later change. The viewer's own only.",
    )
