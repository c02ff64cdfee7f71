"""What a workspace's members may do with its projects: all of them read all of it, and write it unless they
only view."""

from auth.policies.permission import ADMINS, EVERYONE, WRITERS, Permission

READ = Permission("delivery.read", "Can the subject read projects, scopes, columns, cards and labels?", EVERYONE)
WRITE = Permission("delivery.write", "Can the subject write projects, scopes, columns, cards and labels?", WRITERS)
MODERATE = Permission("delivery.moderate", "Can the subject delete what others wrote?", ADMINS)
