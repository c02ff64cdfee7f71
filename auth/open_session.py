"""The session that requests without a credential have while authentication is off.

It is one of the super-administrator who has turned it off, whose secret nobody was given. So authentication is on again
as soon as that ends: with the setting, with the password or the account of its person, or when it is revoked.
"""

from datetime import timedelta

from auth.sessions import find_session
from auth.subject import ALL_SCOPES, Credential, Subject
from models import Installation, User
from models.base import collection
from models.enums import ServerRole
from models.installation import INSTALLATION_ID
from models.records import SessionRecord

LIFETIME = timedelta(days=3650)


async def open_session() -> SessionRecord | None:
    """The session; None where authentication is on."""
    found = await collection(Installation).find_one({"_id": INSTALLATION_ID}, {"open_session_id": 1})
    session_id = None if found is None else found.get("open_session_id")
    session = None if session_id is None else await find_session(session_id)
    if session is None:
        return None
    owner = {"_id": session["user_id"], "server_role": ServerRole.SUPER_ADMIN.value, "deleted_at": None}
    return None if await collection(User).find_one(owner, {"_id": 1}) is None else session


async def open_subject(user_agent: str | None) -> Subject | None:
    """Whoever comes without a credential; None where authentication is on."""
    session = await open_session()
    if session is None:
        return None
    return Subject(
        user_id=session["user_id"],
        credential=Credential.OPEN,
        scopes=ALL_SCOPES,
        credential_id=session["_id"],
        expires_at=session["expires_at"],
        user_agent=user_agent,
    )
