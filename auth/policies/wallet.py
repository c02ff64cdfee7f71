"""What members may do with the wallet of an organization, and its keys by their scopes."""

from auth.policies.permission import ADMINS, EVERYONE, WRITERS, Permission
from models.enums import TokenScope

READ = Permission("organization.wallet.read", "Can the subject read what the organization has left?", EVERYONE)
CONSUME = Permission("organization.wallet.consume", "Can the subject use up what the organization has left?", WRITERS)
READ_PAYMENTS = Permission(
    "organization.payment.read",
    "Can the subject read what the organization spends, and what is bought by itself?",
    ADMINS,
    key_scopes=frozenset({TokenScope.BILLING_READ, TokenScope.BILLING_WRITE}),
)
SET_PAYMENTS = Permission(
    "organization.payment.write",
    "Can the subject set what is bought by itself?",
    ADMINS,
    key_scopes=frozenset({TokenScope.BILLING_WRITE}),
)
