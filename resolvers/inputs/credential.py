"""Inputs of the operations on credentials."""

from typing import Annotated

from bson import ObjectId
from pydantic import Field

from models import Credential
from models.credential import KEY, PROVIDER
from models.errors import BadUserInput
from models.facts import CREATE, UPDATE
from models.limits import MARKDOWN, NAME, Text
from resolvers.kit.fields import fields_of
from resolvers.kit.input import CredentialId, Input, NotNull, OrganizationId

MAX_CREDENTIALS = 200
"""Of one organization."""
SECRET = Text(1, 10_000, strip=False)

Secret = Annotated[str, SECRET]
Provider = Annotated[str, PROVIDER]


@fields_of(Credential, CREATE)
class CredentialCreate(Input):
    """A new credential.

    A new credential of an organization; what it holds is sealed, and answered by `credentialReveal` alone.
    """

    organization_id: OrganizationId = Field(description="The organization that it is of.")
    key: Annotated[str, KEY] | None = Field(
        None,
        description="What it is called by, unique in the organization, 1 to 100 characters. Without one it is made of "
        "the name.",
    )
    name: Annotated[str, NAME] | None = Field(
        None, description="What people call it, 1 to 100 characters; null for its key."
    )
    value: Secret | None = Field(
        None, repr=False, description="What it holds, 1 to 10,000 characters; without it, it holds nothing yet."
    )


@fields_of(Credential, UPDATE)
class CredentialUpdate(Input):
    """What changes of a credential.

    What it holds changes with `credentialRotate`.
    """


class CredentialUpsert(Input):
    """What the credential of a key holds from now on.

    What is not given of one that there is stays.
    """

    organization_id: OrganizationId = Field(description="The organization that it is of.")
    key: Annotated[str, KEY] = Field(
        description="What it is called by, unique in the organization, 1 to 100 characters."
    )
    value: Secret = Field(repr=False, description="What it holds, 1 to 10,000 characters.")
    description: Annotated[str, MARKDOWN] | None = Field(None, description="What it is for.")
    provider: Annotated[Provider | None, NotNull] = Field(None, description="Whose it is, as the operator calls that.")


class CredentialAuthorize(Input):
    """Which provider is to let a credential in by a sign-in.

    A new credential, or one that is there: what that held is gone then.
    """

    organization_id: OrganizationId = Field(description="The organization that it is of.")
    provider: Provider = Field(description="The provider, as the operator calls it.")
    name: Annotated[str, NAME] | None = Field(None, description="What people call it; the provider by default.")
    credential_id: CredentialId | None = Field(None, description="One of that provider that is there already.")


class CredentialAuthorizationFinish(Input):
    """What a provider answers to a sign-in, as it comes with the browser."""

    state: Annotated[str, Text(1, 200)] = Field(repr=False, description="The state that it was asked with.")
    binding: Annotated[str, Text(1, 200)] = Field(repr=False, description="What the browser was given that began.")
    code: Annotated[str, Text(1, 4_000)] | None = Field(
        None, repr=False, description="The code that a token is given for; null for a refusal."
    )


class CredentialAssign(Input):
    """Which credential models are asked with; null for none."""

    credential_id: CredentialId | None = Field(None, description="A credential of the organization; null for none.")

    @property
    def wanted(self) -> ObjectId | None:
        """What is said; raises BadUserInput where nothing is."""
        if "credential_id" not in self.model_fields_set:
            raise BadUserInput("is required: null for none", field="credentialId")
        return self.credential_id


class CredentialRotate(Input):
    """What a credential holds from now on."""

    value: Secret = Field(repr=False, description="What it holds from now on, 1 to 10,000 characters.")
