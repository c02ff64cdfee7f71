"""What whoever holds the link of an invitation may do without an account: read what it is, and register with it."""

from dataclasses import replace

from auth.secrets import hash_secret
from models import Invitation, User
from models.base import Record, collection, utc_now
from models.errors import NotFound
from models.records import InvitationRecord, UserRecord
from realtime.log import Change
from resolvers.account.registration import NewAccount, create_account
from resolvers.account.sign_in import SignIn
from resolvers.inputs.account import InvitationRegister
from resolvers.invitation.accept import find_by_token, join, stream_of
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation
from resolvers.mail.mail import place_of


@operation("invitation", caller=Caller.ANYONE, read_only=True)
async def get_invitation(ctx: Context, token: str) -> Record:
    """What an invitation is for: `email`, `role`, `expires_at`, the names of workspace, organization and inviter. That
    of the workspace is null where it leads to an organization.

    Raises NotFound for one that was used, was revoked or has expired.
    """
    found = await collection(Invitation).find_one({"secret_hash": hash_secret(token)})
    if found is None or found["accepted_at"] is not None or found["expires_at"] <= utc_now():
        raise NotFound("Invitation")
    place = await place_of(found)
    if place is None:
        raise NotFound("Invitation")
    inviter = await collection(User).find_one({"_id": found["invited_by"]}, {"name": 1})
    return {
        "email": found["email"],
        "role": found["role"],
        "expires_at": found["expires_at"],
        "workspace_name": place.workspace,
        "organization_name": place.organization,
        "inviter_name": inviter["name"] if inviter else None,
    }


@operation("invitationRegister", caller=Caller.ANYONE, reveals=True)
async def register_invited(ctx: Context, values: InvitationRegister) -> SignIn:
    """Create an account for an invited address, join what it is invited to, and sign in.

    Raises NotFound for an unknown token, Conflict for an invitation that was used or has expired, or an address with
    an account: its owner signs in and accepts.
    """
    found = await find_by_token(values.token)
    return await create_invited(ctx, NewAccount(found["email"], values.password, values.name), found)


async def create_invited(ctx: Context, account: NewAccount, invitation: InvitationRecord) -> SignIn:
    """A new account that uses an invitation up; raises NotFound where that is for another address."""

    async def also(change: Change, user: UserRecord) -> None:
        await join(ctx, change, invitation["_id"], user)

    # A link that was shown to the inviter proves nothing of the address.
    known = replace(account, verified=not ctx.services.shows_links)
    return await create_account(ctx, known, stream_id=stream_of(invitation), also=also)
