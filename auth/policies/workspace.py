"""What members may do in a workspace."""

from auth.policies.permission import ADMINS, EVERYONE, OWNER, Permission
from models.enums import TokenScope

READ = Permission("workspace.read", "Can the subject read the workspace and its members?", EVERYONE)
UPDATE = Permission("workspace.update", "Can the subject change the workspace?", ADMINS)
DELETE = Permission("workspace.delete", "Can the subject delete the workspace with all it holds?", OWNER)
MANAGE_MEMBERS = Permission("workspace.members", "Can the subject invite, change and remove members?", ADMINS)
MANAGE_PLUGINS = Permission("workspace.plugins", "Can the subject install, read and remove plugins?", ADMINS)
MANAGE_AGENTS = Permission(
    "workspace.agents",
    "Can the subject create, change and delete agents?",
    ADMINS,
    key_scopes=frozenset({TokenScope.PILOTAGE_WRITE}),
)
