"""Asking the provider of a credential whether it is taken."""

from datetime import timedelta

import httpx2

from auth.counting import count_attempt
from auth.policies import credential as policy
from models import Credential
from models.base import collection, with_changes
from models.errors import Conflict, OrreryError
from models.language_model import ModelProvider
from models.outbound import Outbound, Refused
from models.records import CredentialRecord
from realtime.events.credential import CredentialVerified
from realtime.log import Change, Committed
from resolvers.credential.credential import WRITE, require_credential
from resolvers.credential.token import Token, token_of
from resolvers.kit.context import Context
from resolvers.kit.nouns import CREDENTIAL
from resolvers.kit.operation import operation
from resolvers.state.mission_wake import wake_waiting

LIMIT, WINDOW = 60, timedelta(hours=1)
"""How often a person may have providers asked."""
ANTHROPIC_VERSION = "2023-06-01"


@operation(
    "credentialVerify",
    opens=CREDENTIAL.whole,
    permission=policy.WRITE,
    scope=WRITE,
    no_tool="people administer what is signed in with",
)
async def verify_credential(ctx: Context, door: CredentialRecord) -> Committed[CredentialRecord]:
    """Ask the provider of a credential for its models, and note whether it is let in.

    `problem` says why not, and is null where it is.

    Raises Conflict where it was given something else meanwhile.
    """
    await count_attempt("credentials verified", str(ctx.user_id), limit=LIMIT, window=WINDOW)
    problem, version = await _problem(ctx, door)

    async def body(change: Change) -> CredentialRecord:
        before = await require_credential(change, door["_id"])
        if before["version"] != version:
            raise Conflict("It was given something else while its provider was asked: verify that")
        changes = {"verified_at": change.at, "problem": problem, "updated_at": change.at}
        await collection(Credential).update_one({"_id": door["_id"]}, {"$set": changes}, session=change.session)
        credential = with_changes(before, changes)
        change.append(credential["organization_id"], CredentialVerified(credential=credential))
        return credential

    committed = await ctx.write(door["organization_id"], body)
    if problem is None:
        await wake_waiting(door["_id"])
    return committed


async def _problem(ctx: Context, credential: CredentialRecord) -> tuple[str | None, int | None]:
    """Why a credential is not let in, None where it is; and the version of it that was asked with."""
    version: int | None = credential["version"]
    name = credential.get("provider")
    provider = None if name is None else ctx.services.models.provider(name)
    if provider is None:
        return "It is of no provider that is known here", version
    try:
        token = await token_of(ctx.services, credential)
        version = token.version  # another one, where it was about to end
        return await _asked(ctx.services.outbound, provider, token), version
    except OrreryError as error:
        return error.message, version
    except Refused as error:
        return f"The provider cannot be asked: {error}", version
    except httpx2.TransportError:
        return "The provider does not answer", version


async def _asked(outbound: Outbound, provider: ModelProvider, token: Token) -> str | None:
    base = provider.base_url.rstrip("/")
    if provider.protocol == "anthropic":
        key = {"authorization": f"Bearer {token.text}"} if token.is_bearer else {"x-api-key": token.text}
        url, headers = f"{base}/v1/models", {**key, "anthropic-version": ANTHROPIC_VERSION}
    else:
        url, headers = f"{base}/models", {"authorization": f"Bearer {token.text}"}
    status = (await outbound.request("GET", url, headers=headers)).status
    if status in (401, 403):
        return "The provider does not let it in"
    return None if status == 200 else f"The provider answers with the status {status}"
