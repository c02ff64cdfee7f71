"""What members may do in an organization."""

from auth.policies.permission import ADMINS, EVERYONE, OWNER, WRITERS, Permission

READ = Permission("organization.read", "Can the subject read the organization and its members?", EVERYONE)
UPDATE = Permission("organization.update", "Can the subject change the organization?", ADMINS)
DELETE = Permission("organization.delete", "Can the subject delete the organization with all it holds?", OWNER)
MANAGE_MEMBERS = Permission("organization.members", "Can the subject add, change and remove members?", ADMINS)
EXPORT = Permission("organization.export", "Can the subject take all of the organization along?", ADMINS)
CREATE_WORKSPACE = Permission("organization.workspaces", "Can the subject add a workspace?", ADMINS)
PAY = Permission("organization.pay", "Can the subject buy what is used up?", WRITERS)
