"""What members may do with the credentials of an organization."""

from auth.policies.permission import ADMINS, Permission

READ = Permission("organization.credential.read", "Can the subject read which credentials there are?", ADMINS)
WRITE = Permission("organization.credential.write", "Can the subject create, change and delete credentials?", ADMINS)
REVEAL = Permission("organization.credential.reveal", "Can the subject read what a credential holds?", ADMINS)
