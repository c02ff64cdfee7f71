"""Notifications: an activity, addressed to one person."""

import models
from resolvers.notification import notification as edges
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.references import ActivityRef


@shows(models.Notification, "Something that happened in a project or a workspace of the viewer's.")
class Notification(Node):
    activity: ActivityRef = edge(edges.activity_of)
