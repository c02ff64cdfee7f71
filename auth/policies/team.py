"""What members of an organization may do with its teams."""

from auth.policies.permission import ADMINS, EVERYONE, WRITERS, Permission

READ = Permission("organization.team.read", "Can the subject read the teams and who is in them?", EVERYONE)
WRITE = Permission("organization.team.write", "Can the subject create teams, and change their own?", WRITERS)
ADMINISTER = Permission("organization.team.administer", "Can the subject change the teams of others?", ADMINS)
