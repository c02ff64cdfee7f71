"""What members may do with the credentials of an organization, and its keys by their scopes."""

from auth.policies.permission import ADMINS, Permission
from models.enums import TokenScope

READERS, WRITERS = frozenset({TokenScope.CREDENTIALS_READ}), frozenset({TokenScope.CREDENTIALS_WRITE})

READ = Permission(
    "organization.credential.read",
    "Can the subject read which credentials there are?",
    ADMINS,
    key_scopes=READERS | WRITERS,
)
WRITE = Permission(
    "organization.credential.write",
    "Can the subject create, change and delete credentials?",
    ADMINS,
    key_scopes=WRITERS,
)
REVEAL = Permission(
    "organization.credential.reveal", "Can the subject read what a credential holds?", ADMINS, key_scopes=READERS
)
