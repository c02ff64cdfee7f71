"""What a workspace's members may do with its projects: all of them read and write all of it."""

from auth.policies.permission import ADMINS, EVERYONE, Permission

READ = Permission("delivery.read", "Can the subject read projects, scopes, columns, cards and labels?", EVERYONE)
WRITE = Permission("delivery.write", "Can the subject write projects, scopes, columns, cards and labels?", EVERYONE)
MODERATE = Permission("delivery.moderate", "Can the subject delete what others wrote?", ADMINS)
