"""What a workspace's members may do with proposals. Who began a mission decides on those of it too, whatever the role;
an agent's own token never does."""

from auth.policies.permission import ADMINS, EVERYONE, WRITERS, Permission
from models.enums import PilotageRole

DECIDERS = frozenset({PilotageRole.OWNER, PilotageRole.REVIEWER})

READ = Permission("proposal.read", "Can the subject read proposals?", EVERYONE)
CREATE = Permission("proposal.create", "Can the subject propose something?", WRITERS)
DECIDE = Permission("proposal.decide", "Can the subject decide on any proposal?", ADMINS, DECIDERS)
