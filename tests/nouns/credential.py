"""Credentials of an organization, and the integrations that need one."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from models.errors import Forbidden
from resolvers.credential import credential
from resolvers.inputs.credential import (
    CredentialAssign,
    CredentialAuthorizationFinish,
    CredentialAuthorize,
    CredentialCreate,
    CredentialRotate,
    CredentialUpdate,
    CredentialUpsert,
)
from tests.rest.story import Cast, ask_board, ask_orkosi
from tests.world.paths import B_CARD, B_ORGANIZATION, B_PROJECT, BOARD, ORKOSI
from tests.world.sample import Body, Route, Sample, sent, sent_in_organization
from tests.world.world import Ids, World


def _assigned(ids: Ids) -> dict[str, Any]:
    return {"credentialId": str(ids["credential"])}


ROUTES: dict[Route, Body | None] = {
    ("GET", BOARD + "/credentials"): sent_in_organization(),
    ("POST", BOARD + "/credentials"): sent_in_organization(name="More", provider="openai", apiKey="sk-more"),
    ("GET", BOARD + "/credentials/{credentialId}"): None,
    ("PATCH", BOARD + "/credentials/{credentialId}"): sent(name="Other"),
    ("DELETE", BOARD + "/credentials/{credentialId}"): None,
    ("POST", BOARD + "/credentials/{credentialId}/verify"): None,
    ("GET", BOARD + "/credentials/{credentialId}/usage"): None,
    ("POST", BOARD + "/credentials/oauth/init"): sent_in_organization(provider="example"),
    ("GET", BOARD + "/credentials/oauth/callback"): sent(state="nobody's", code="x"),
    ("GET", BOARD + "/credentials/{credentialId}/oauth/status"): None,
    ("PUT", B_ORGANIZATION + "/default-credential"): _assigned,
    ("PUT", B_PROJECT + "/credential"): _assigned,
    ("PUT", B_CARD + "/credential"): _assigned,
    ("GET", ORKOSI + "/integrations"): None,
    ("GET", ORKOSI + "/integrations/{integrationId}/status"): None,
    ("POST", ORKOSI + "/integrations/{integrationId}/configure"): sent(fields={"api_key": "sk-more"}),
    ("GET", ORKOSI + "/credentials"): None,
    ("POST", ORKOSI + "/credentials"): sent(key="more", value="sk-more"),
    ("GET", ORKOSI + "/credentials/{credentialKey}"): None,
    ("DELETE", ORKOSI + "/credentials/{credentialKey}"): None,
}


async def make(world: World) -> None:
    ids = world.ids
    key = CredentialCreate.of(organization_id=ids["organization"], key="models.example", value="sk-secret-of-acme")
    ids["credential"] = (await world.made(credential.create_credential, key))["_id"]
    ids |= {"credential_key": key.key, "integration": "anthropic"}


async def board_story(cast: Cast) -> None:
    ann = cast.ann
    [organization] = [each["id"] for each in await ask_board(ann, "GET", "/organizations") if each["name"] == "Acme"]
    given = {"name": "My Anthropic Key", "provider": "anthropic", "organizationId": organization}
    created = await ask_board(ann, "POST", "/credentials", 201, **given, apiKey="sk-ant-0123456789abcdef")
    path, assigned = f"/credentials/{created['id']}", {"credentialId": created["id"]}
    assert await ask_board(ann, "GET", path) == created
    assert created in await ask_board(ann, "GET", "/credentials")
    assert (await ask_board(ann, "PATCH", path, name="Renamed Key", apiKey="sk-other"))["name"] == "Renamed Key"
    assert (await ask_board(ann, "POST", f"{path}/verify"))["valid"] is False
    assert (await ask_board(ann, "GET", f"{path}/usage"))["total"]["calls"] == 0
    begun = await ask_board(
        ann, "POST", "/credentials/oauth/init", 201, provider="example", credentialId=None, organizationId=organization
    )
    signing_in = f"/credentials/{begun['credentialId']}"
    assert (await ask_board(ann, "GET", f"{signing_in}/oauth/status"))["status"] == "pending"
    [state] = parse_qs(urlsplit(begun["authUrl"]).query)["state"]
    refused = await ask_board(ann, "GET", f"/credentials/oauth/callback?state={state}")
    assert refused["status"] == "failed"
    await ask_board(ann, "DELETE", signing_in, 204)
    await ask_board(ann, "PUT", f"/organizations/{organization}/default-credential", **assigned)
    project = f"/projects/{cast.project_id}"
    for assignable in (project, f"{project}/cards/{cast.card}"):
        assert (await ask_board(ann, "PUT", f"{assignable}/credential", **assigned))["credentialId"] == created["id"]
    await ask_board(ann, "DELETE", path, 204)
    assert (await ask_board(ann, "GET", project))["credentialId"] is None


async def orkosi_story(cast: Cast) -> None:
    ann, credentials = cast.ann, cast.orkosi + "/credentials"
    values = {"key": "mail", "value": "sk-0123456789abcdef", "description": "Of the letters"}
    made = await ask_orkosi(ann, "POST", credentials, 201, **values)
    changed = await ask_orkosi(ann, "POST", credentials, 201, key="mail", value="short")
    assert changed == {**made, "hint": None, "updated_at": changed["updated_at"]}
    assert changed in await ask_orkosi(ann, "GET", credentials)
    assert (await ask_orkosi(ann, "GET", f"{credentials}/mail"))["value"] == "short"
    assert await ask_orkosi(ann, "DELETE", f"{credentials}/mail") == {"id": made["id"], "deleted": True}
    await _integrations(ann, cast.orkosi + "/integrations")


async def _integrations(ann: httpx.AsyncClient, integrations: str) -> None:
    key = {"fields": {"secret_key": "sk_test_0123456789"}}
    assert await ask_orkosi(ann, "POST", f"{integrations}/stripe/configure", **key) == {"success": True}
    assert (await ask_orkosi(ann, "GET", f"{integrations}/stripe/status"))["configured"] is True
    configured = {listed["id"]: listed["configured"] for listed in await ask_orkosi(ann, "GET", integrations)}
    assert configured == {"anthropic": False, "openai": False, "stripe": True, "slack": False}


SAMPLE = Sample(
    make=make,
    places={"credentialKey": "credential_key", "integrationId": "integration"},
    calls={
        "credential": lambda ids: (ids["credential"],),
        "credentialCreate": lambda ids: (
            CredentialCreate.of(organization_id=ids["organization"], key="other.example", value="sk-another"),
        ),
        "credentialUpsert": lambda ids: (
            CredentialUpsert.of(organization_id=ids["organization"], key="upserted.example", value="sk-upserted"),
        ),
        "credentialUpdate": lambda ids: (ids["credential"], CredentialUpdate.of(description="Of the models")),
        "credentialRotate": lambda ids: (ids["credential"], CredentialRotate(value="sk-rotated")),
        "credentialReveal": lambda ids: (ids["credential"],),
        "credentials": lambda ids: (ids["organization"],),
        "credentialAuthorize": lambda ids: (
            CredentialAuthorize(organization_id=ids["organization"], provider="example"),
        ),
        "credentialAuthorizationFinish": lambda _: (
            CredentialAuthorizationFinish(state="69f3c1c10a4b5cc10d000001.x", binding="-", code="x"),
        ),
        "credentialVerify": lambda ids: (ids["credential"],),
        "organizationCredentialSet": lambda ids: (
            ids["organization"],
            CredentialAssign(credential_id=ids["credential"]),
        ),
        "projectCredentialSet": lambda ids: (ids["project"], CredentialAssign(credential_id=ids["credential"])),
        "cardCredentialSet": lambda ids: (ids["card"], CredentialAssign(credential_id=ids["credential"])),
        "credentialDelete": lambda ids: (ids["credential"],),
    },
    # What models are asked with is the organization's.
    beyond={(name, "member"): Forbidden for name in ("projectCredentialSet", "cardCredentialSet")},
    makes_another={"credentialAuthorize"},
    counts={"credentialUpsert", "credentialRotate", "credentialReveal", "credentialVerify"},
    refused_there={"credentialAuthorizationFinish"},
    routes=ROUTES,
    by_workspace=frozenset(route for route in ROUTES if route[1].startswith(ORKOSI)),
    unseen=dict.fromkeys(
        (
            "credentialCreate",
            "credentialUpsert",
            "credentialUpdate",
            "credentialRotate",
            "credentialReveal",
            "credentialAuthorize",
            "credentialVerify",
            "organizationCredentialSet",
            "credentialDelete",
        ),
        "credentials are for admins, and organizations have no stream that can be watched",
    ),
    not_run={
        "credentialAuthorizationFinish": "it takes the answer of a provider, and credentials are for admins",
    },
    board_story=board_story,
    orkosi_story=orkosi_story,
)
