"""What a workspace's members may do with its pilotage."""

from auth.policies.permission import ADMINS, EVERYONE, Permission
from models.enums import PilotageRole

READ = Permission("pilotage.read", "Can the subject read objectives, priorities, todos and decisions?", EVERYONE)
WRITE = Permission(
    "pilotage.write",
    "Can the subject write objectives, priorities, todos, decisions, documents and standing orders?",
    ADMINS,
    frozenset({PilotageRole.OWNER}),
)
