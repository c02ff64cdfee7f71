"""What members may do with the API keys of an organization."""

from auth.policies.permission import ADMINS, Permission

READ = Permission("organization.api_key.read", "Can the subject read which keys there are, and their use?", ADMINS)
WRITE = Permission("organization.api_key.write", "Can the subject create, change, rotate and revoke keys?", ADMINS)
