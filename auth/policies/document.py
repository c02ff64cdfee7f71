"""What a workspace's members may do with its documents."""

from auth.policies.permission import ADMINS, EVERYONE, WRITERS, Permission
from models.enums import PilotageRole

REVIEWERS = frozenset({PilotageRole.OWNER, PilotageRole.REVIEWER})

READ = Permission("document.read", "Can the subject read documents and their versions?", EVERYONE)
WRITE = Permission("document.write", "Can the subject write, move, link and delete documents?", WRITERS)
SUBMIT = Permission("document.submit", "Can the subject submit a document for review?", WRITERS)
REVIEW = Permission("document.review", "Can the subject approve documents and ask for changes?", ADMINS, REVIEWERS)
