"""Credentials of organizations."""

import strawberry

import models
from models.enums import CredentialAuthorization
from resolvers.credential.assigned import is_default_of
from resolvers.credential.authorization import authorization_of
from resolvers.credential.credential import credentials_of
from resolvers.credential.usage import usage_of_credential
from schema.extension import extends
from schema.fields import shows
from schema.loading import derived, edge
from schema.references import OrganizationRef
from schema.usage import UsageTotal


@strawberry.type(description="What models have cost with a credential. Calls whose end is not known are left out.")
class CredentialUsage:
    total: UsageTotal = strawberry.field(description="In all.")
    five_hours: UsageTotal = strawberry.field(description="In the last five hours.")
    seven_days: UsageTotal = strawberry.field(description="In the last seven days.")


@shows(models.Credential, "What an organization signs in with to others: a key of a model's provider, say.")
class Credential:
    id: strawberry.ID = strawberry.field(description="The id.")
    authorization: CredentialAuthorization | None = derived(
        authorization_of,
        needs=("authorization", "authorization_expires_at"),
        description="How far a sign-in at its provider is; null where its key was given by hand.",
    )
    is_default: bool = edge(
        is_default_of,
        needs=("organization_id",),
        description="Whether models are asked with it where a card and its project name none.",
    )
    usage: CredentialUsage = edge(usage_of_credential, description="What models have cost with it.")


@extends(OrganizationRef, after="teams")
class OfOrganization:
    credentials: list[Credential] = edge(
        credentials_of, description="Its credentials by their keys, without what they hold: for its admins."
    )
