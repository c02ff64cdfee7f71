"""What members of an organization may do with its budgets for models."""

from auth.policies.permission import ADMINS, Permission

READ = Permission("organization.budget.read", "Can the subject read the organization's budgets?", ADMINS)
WRITE = Permission("organization.budget.write", "Can the subject set, change and delete budgets?", ADMINS)
