"""Notifications: an activity, addressed to one person."""

from datetime import datetime

import strawberry

from resolvers.notification import notification as edges
from schema.loading import edge
from schema.node import Node
from schema.references import ActivityRef


@strawberry.type(description="Something that happened in a project or a workspace of the viewer's.")
class Notification(Node):
    activity: ActivityRef = edge(edges.activity_of, needs=("activity_id",), description="What happened.")
    read_at: datetime | None = strawberry.field(description="When it was read; null for unread.")
    created_at: datetime = strawberry.field(description="When it was sent.")
