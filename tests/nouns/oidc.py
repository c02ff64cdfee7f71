"""Single sign-on, by a provider of the operator's."""

from resolvers.inputs.installation import OidcComplete, OidcSet
from resolvers.installation.oidc import set_oidc
from tests.provider import CLIENT_ID, NAMED, SECRET, provider
from tests.rest.story import Cast, ask_board, root_of
from tests.world.paths import BOARD
from tests.world.sample import Case, Sample, sent
from tests.world.world import World

PROVIDER = OidcSet(issuer_url="https://login.example", client_id="orrery", client_secret="sk-of-orrery")


async def set_provider(world: World) -> None:
    """An identity provider, at an address that no request is made to."""
    values = PROVIDER.model_copy(update={"issuer_url": "https://127.0.0.1"})
    await set_oidc(await world.context("outsider"), values)


async def board_story(cast: Cast) -> None:
    api, root = cast.api, await root_of(cast.api)
    async with provider(NAMED) as sso:
        told = {"issuerUrl": sso.issuer, "clientId": CLIENT_ID, "clientSecret": SECRET}
        created = await ask_board(root, "POST", "/settings/oidc", **told)
        shown = {"configured": True, **told, "clientSecret": "****"}
        assert created == await ask_board(root, "GET", "/settings/oidc") == shown
        assert (await ask_board(root, "POST", "/oidc/test"))["success"] is True
        assert (await ask_board(api.client(), "GET", "/settings/auth-status"))["oidcEnabled"] is True
        sso.claims = {"sub": "1", "email": "sue@login.example", "email_verified": True, "name": "Sue"}
        for accept in ("application/json", "text/html"):
            sue = api.client()
            sue.headers["accept"] = accept
            begun = await sue.get(f"{BOARD}/oidc/login?returnTo=/app")
            url = begun.headers["location"] if begun.status_code == 302 else begun.json()["data"]["url"]
            done = await sue.get(f"{BOARD}/oidc/callback", params=sso.sign_in(url))
            where = done.headers.get("location") or done.json()["data"]["user"]["email"]
            assert (begun.status_code, done.status_code, where) in (
                (200, 200, "sue@login.example"),
                (302, 302, "/app"),
            )
            assert (await sue.get(f"{BOARD}/auth/me")).json()["data"]["authProvider"] == "oidc"
        await ask_board(root, "DELETE", "/settings/oidc", 204)


SAMPLE = Sample(
    calls={
        "oidc": lambda _: (),
        "oidcSet": lambda _: (PROVIDER,),
        "oidcRemove": lambda _: (),
        "oidcTest": lambda _: (),
        "oidcBegin": lambda _: ("/api/oidc/callback",),
        "oidcComplete": lambda _: (OidcComplete(state="nothing", code="nothing", flow="nothing"),),
    },
    refused_there={"oidcTest", "oidcBegin", "oidcComplete"},
    routes={
        ("GET", BOARD + "/settings/oidc"): None,
        ("POST", BOARD + "/settings/oidc"): sent(issuerUrl="https://login.example", clientId="a", clientSecret="b"),
        ("DELETE", BOARD + "/settings/oidc"): None,
        ("POST", BOARD + "/oidc/test"): None,
        ("GET", BOARD + "/oidc/login"): None,
        ("GET", BOARD + "/oidc/callback"): sent(state="nothing", code="nothing"),
    },
    # The world has no identity provider.
    answers={("GET", BOARD + "/oidc/login"): 409, ("GET", BOARD + "/oidc/callback"): 401},
    cases={
        "oidcSet": Case(caller="outsider"),
        "oidcRemove": Case(caller="outsider", prepare=set_provider),
        "oidcTest": Case(caller="outsider", prepare=set_provider),
    },
    unseen=dict.fromkeys(("oidcSet", "oidcRemove", "oidcTest"), "what is set for the installation is no workspace's"),
    not_run=dict.fromkeys(("oidcBegin", "oidcComplete"), "how somebody signs in is theirs alone"),
    board_story=board_story,
)
