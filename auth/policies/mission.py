"""What a workspace's members may do with missions. Driving one takes its agent's own token."""

from auth.policies.permission import EVERYONE, WRITERS, Permission

READ = Permission("mission.read", "Can the subject read agents and missions?", EVERYONE)
WRITE = Permission("mission.write", "Can the subject create and cancel missions?", WRITERS)
DRIVE = Permission("mission.drive", "Can the subject claim, report on and finish its own missions?", WRITERS)
