"""Contracts of the caller's account: registering, signing in, the profile and the picture."""

from typing import Any

from tests.resolvers.lab import PASSWORD, PICTURE
from tests.rest.contract.contract import (
    MALFORMED,
    NOBODY,
    OK,
    TOKEN,
    Contract,
    Ref,
    Refused,
    Then,
    bad,
    bad_id,
    without,
)
from tests.rest.contract.shape import FLAG, ID, TEXT, TIME, maybe, one_of
from tests.rest.contract.stage import Stage

ME: dict[str, Any] = {
    "id": Ref("user"),
    "email": Ref("owner_email"),
    "name": "owner",
    "jobTitle": None,
    "emailVerified": False,
    "twoFactorEnabled": False,
    "pilotageRole": "owner",
}
AVATAR = "/users/{userId}/avatar"


async def _to_forget(stage: Stage) -> None:
    """Somebody without anything that others need."""
    body = {"email": "gone@example.com", "password": PASSWORD, "name": "Gone"}
    made = await stage.send("POST", "/auth/register", by=None, json=body)
    stage.tokens["gone"] = made.json()["access_token"]


async def _agreed(stage: Stage) -> None:
    await stage.made("/auth/consents", subject="privacy", version="2")


CONTRACTS = [
    Contract(
        method="POST",
        route="/auth/register",
        by=None,
        sent={"email": "user@example.com", "password": "secure-pass-123", "name": "Jane Doe"},
        answers={"access_token": TEXT, "user": {"id": ID, "email": "user@example.com", "name": "Jane Doe"}},
        bad=bad("password", sent={"email": "user@example.com", "password": "7 chars"}),
        denied=Refused(status=409, code="CONFLICT", sent={"email": Ref("member_email"), "password": PASSWORD}),
    ),
    # One revision of the reference answers 200, the other 201 like to every other POST.
    Contract(
        method="POST",
        route="/auth/login",
        by=None,
        sent={"email": Ref("owner_email"), "password": PASSWORD},
        answers={"access_token": TEXT, "csrfToken": TEXT, "user": ME},
        bad=bad("password", sent={"email": Ref("owner_email")}),
        denied=Refused(
            status=401, code="UNAUTHENTICATED", sent={"email": Ref("owner_email"), "password": "old-password"}
        ),
    ),
    Contract(
        method="POST",
        route="/auth/logout",
        answers=OK,
        then=(Then("/auth/me", {"statusCode": 401}, 401),),
        bad=MALFORMED,
        denied=TOKEN,
    ),
    Contract(
        method="GET",
        route="/auth/me",
        answers={"user": ME, "csrfToken": TEXT},
        bad=MALFORMED,
        denied=without("account:read"),
    ),
    Contract(
        method="PATCH",
        route="/auth/me",
        sent={"name": "Jane Smith"},
        answers={"user": {**ME, "name": "Jane Smith"}, "csrfToken": TEXT},
        then=(Then("/auth/me", {"user": {"name": "Jane Smith"}}),),
        bad=bad("name", sent={"name": "n" * 101}),
        denied=without("account:write"),
    ),
    Contract(
        method="PUT",
        route="/auth/me/avatar",
        content=PICTURE,
        headers={"content-type": "image/png"},
        answers=OK,
        then=(Then("/auth/me", {"user": {"avatarUrl": TEXT}}),),
        bad=bad("body", content=b"no picture"),
        denied=without("account:write"),
    ),
    Contract(
        method="DELETE",
        route="/auth/me/avatar",
        answers=OK,
        then=(Then("/auth/me", {"user": {"avatarUrl": None}}),),
        bad=MALFORMED,
        denied=without("account:write"),
    ),
    Contract(
        method="GET",
        route=AVATAR,
        path={"userId": Ref("user")},
        by="member",
        answers=PICTURE,
        gives="image/png",
        bad=bad_id("userId"),
        denied=Refused(status=404, code="NOT_FOUND", by="outsider"),
    ),
    Contract(
        method="POST",
        route="/auth/change-password",
        sent={"currentPassword": PASSWORD, "newPassword": "new-secure-pass"},
        answers=OK,
        bad=bad("newPassword", sent={"currentPassword": PASSWORD, "newPassword": "n" * 129}),
        # A wrong password is bad input, not a missing credential: whoever is signed in stays so.
        denied=TOKEN,
    ),
    Contract(
        method="GET",
        route="/auth/sessions",
        answers=[{"id": ID, "userAgent": maybe(TEXT), "current": FLAG, "createdAt": TIME, "expiresAt": TIME}],
        bad=MALFORMED,
        denied=TOKEN,
    ),
    Contract(method="DELETE", route="/auth/sessions", answers={**OK, "count": 0}, bad=MALFORMED, denied=TOKEN),
    Contract(
        method="DELETE",
        route="/auth/sessions/{sessionId}",
        answers=OK,
        then=(Then("/auth/me", {"statusCode": 401}, 401),),
        bad=bad_id("sessionId"),
        denied=Refused(status=404, code="NOT_FOUND", by="outsider"),
    ),
    Contract(
        method="GET",
        route="/auth/export",
        answers={"profile": {"email": Ref("owner_email")}},
        bad=MALFORMED,
        denied=TOKEN,
    ),
    Contract(
        method="POST",
        route="/auth/consents",
        sent={"subject": "terms", "version": "2026-01"},
        answers=({"subject": "terms", "version": "2026-01", "at": TIME},),
        then=(Then("/auth/consents", [{"subject": "terms"}]),),
        bad=bad("subject", sent={"subject": "weather", "version": "1"}),
        denied=TOKEN,
    ),
    Contract(
        method="GET",
        route="/auth/consents",
        given=_agreed,
        answers=[{"subject": one_of("terms", "privacy"), "version": TEXT, "at": TIME}],
        bad=MALFORMED,
        denied=TOKEN,
    ),
    Contract(
        method="POST",
        route="/auth/delete-account",
        given=_to_forget,
        by="gone",
        sent={"password": PASSWORD},
        answers=OK,
        then=(Then("/auth/me", {"statusCode": 401}, 401),),
        bad=bad("password", sent={}),
        denied=NOBODY,
    ),
]
