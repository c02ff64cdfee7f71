"""Callers that were recognised a moment ago, so that their next queries need not read the same record once more."""

from time import monotonic
from typing import Final

from auth.authenticate import authenticate
from auth.jwt import JwtSigner
from auth.subject import ANONYMOUS, Subject
from models.base import utc_now

RECENT_SECONDS: Final = 2.0
"""How long a session or token that another process ends may still be taken for valid; streams are promised five."""
MAX_KEPT = 10_000

_Credentials = tuple[str | None, str | None]


class Recognitions:
    """Who came with which credentials. One per process, and told of all that this process revokes."""

    def __init__(self, *, seconds: float = RECENT_SECONDS) -> None:
        self.seconds = seconds
        self._kept: dict[_Credentials, tuple[Subject, float]] = {}
        self._revocations = 0

    def recent(self, *, authorization: str | None, cookie: str | None) -> Subject | None:
        """The subject of credentials that were valid within the last seconds; None where they must be read."""
        if authorization is None and cookie is None:
            return ANONYMOUS
        found = self._kept.get((authorization, cookie))
        return found[0] if found is not None and monotonic() < found[1] else None

    async def read(
        self,
        signer: JwtSigner,
        *,
        authorization: str | None,
        cookie: str | None,
        user_agent: str | None = None,
        audience: str | None = None,
    ) -> Subject:
        """The subject of credentials as the database has them now; raises as `authenticate` does. What is read for an
        `audience` is not kept: nobody asks who that was a moment ago."""
        began, revocations = monotonic(), self._revocations
        self._kept.pop((authorization, cookie), None)
        subject = await authenticate(
            signer, authorization=authorization, cookie=cookie, user_agent=user_agent, audience=audience
        )
        # What was read before a revocation, and comes back after it, must not outlive it. What is restricted may be
        # freed at any time.
        lasts = subject.credential_id is not None and not subject.restricted and revocations == self._revocations
        if lasts and audience is None:
            self._keep((authorization, cookie), subject, began)
        return subject

    def forget(self) -> None:
        """Ask the database about everybody: somebody's credential may have ended."""
        self._revocations += 1
        self._kept.clear()

    def _keep(self, credentials: _Credentials, subject: Subject, began: float) -> None:
        seconds = self.seconds
        if subject.expires_at is not None:
            seconds = min(seconds, (subject.expires_at - utc_now()).total_seconds())
        self._kept[credentials] = subject, began + seconds
        if len(self._kept) > MAX_KEPT:
            del self._kept[next(iter(self._kept))]
