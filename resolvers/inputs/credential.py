"""Inputs of the operations on credentials."""

from typing import Annotated

from pydantic import Field

from models import Credential
from models.facts import CREATE, UPDATE
from models.limits import Text
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Input, OrganizationId

MAX_CREDENTIALS = 200
"""Of one organization."""
SECRET = Text(1, 10_000, strip=False)

Secret = Annotated[str, SECRET]


@fields_of(Credential, CREATE)
class CredentialCreate(Input):
    """A new credential.

    A new credential of an organization; what it holds is sealed, and answered by `credentialReveal` alone.
    """

    organization_id: OrganizationId = Field(description="The organization that it is of.")
    value: Secret = Field(repr=False, description="What it holds, 1 to 10,000 characters.")


@fields_of(Credential, UPDATE)
class CredentialUpdate(Input):
    """What changes of a credential.

    What it holds changes with `credentialRotate`.
    """


class CredentialRotate(Input):
    """What a credential holds from now on."""

    value: Secret = Field(repr=False, description="What it holds from now on, 1 to 10,000 characters.")
