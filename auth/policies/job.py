"""What members of a workspace may do with its queues."""

from auth.policies.permission import ADMINS, EVERYONE, WRITERS, Permission

READ = Permission("job.read", "Can the subject read queues and jobs?", EVERYONE)
WORK = Permission("job.work", "Can the subject put jobs into queues, claim and finish them?", WRITERS)
MANAGE = Permission("job.manage", "Can the subject create, pause and delete queues and schedules?", ADMINS)
