"""Who somebody is at an identity provider, within the changes that say so."""

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.challenge import ProviderIdentity
from models import Identity
from models.base import collection, to_record
from models.errors import Conflict
from realtime.events.account import IdentityLinked
from realtime.log import Change


async def link_identity(change: Change, user_id: ObjectId, told: ProviderIdentity) -> None:
    """Have a person be who a provider says from now on. Raises Conflict where somebody else is just becoming that."""
    where = {"issuer": told.issuer, "subject": told.subject}
    known = await collection(Identity).find_one(where, {"user_id": 1}, session=change.session)
    if known is not None and known["user_id"] == user_id:
        return
    identity = Identity(issuer=told.issuer, subject=told.subject, user_id=user_id, created_at=change.at)
    try:
        await collection(Identity).insert_one(to_record(identity), session=change.session)
    except DuplicateKeyError as error:
        raise Conflict("Somebody else signs in with this at the same moment: try again") from error
    change.append(user_id, IdentityLinked())
