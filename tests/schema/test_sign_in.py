"""What keeps an account safe, over the graph."""

import base64
from typing import Any

import httpx
import pyotp

from auth.subject import ANONYMOUS
from models.enums import MailTemplate
from resolvers.kit.context import Context, Services
from resolvers.kit.operation import CATALOGUE, Caller
from schema.graph import graph
from serving.graph.documents import FIELDS_OF_ANYONE
from tests.gateway.lab import PASSWORD, Lab, Person
from tests.resolvers.lab import PICTURE
from tests.resolvers.letters import token_to

LOGIN = "mutation ($input: AuthLoginInput!) { authLogin(input: $input) { accessToken user { id } } }"
VERIFY = (
    "mutation ($input: AuthVerifyTwoFactorInput!) { authVerifyTwoFactor(input: $input) { accessToken user { id } } }"
)
BEGIN = "mutation ($input: TwoFactorBeginInput!) { twoFactorBegin(input: $input) { secret otpauthUri } }"
CONFIRM = "mutation ($input: TwoFactorConfirmInput!) { twoFactorConfirm(input: $input) { recoveryCodes cursor } }"
RENEW = "mutation ($input: TwoFactorProofInput!) { twoFactorRecoveryCodesRenew(input: $input) { recoveryCodes } }"
DISABLE = "mutation ($input: TwoFactorProofInput!) { twoFactorDisable(input: $input) { cursor } }"
ME = "{ viewer { twoFactorEnabled emailVerifiedAt } }"


async def post(client: httpx.AsyncClient, query: str, **variables: Any) -> dict[str, Any]:
    body: dict[str, Any] = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
    return body


async def two_factor(ann: Person) -> tuple[pyotp.TOTP, list[str]]:
    begun = (await ann.ask(BEGIN, input={"password": PASSWORD}))["twoFactorBegin"]
    totp = pyotp.parse_uri(begun["otpauthUri"])
    assert isinstance(totp, pyotp.TOTP)
    done = await ann.ask(CONFIRM, input={"code": totp.now()})
    return totp, done["twoFactorConfirm"]["recoveryCodes"]


async def test_a_sign_in_with_two_factors_takes_two_steps(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    _, recovery = await two_factor(ann)

    refused = await post(lab.client(), LOGIN, input={"email": ann.email, "password": PASSWORD})
    about = refused["errors"][0]["extensions"]
    values = {"temporaryToken": about["temporaryToken"], "code": recovery[0]}
    signed_in = await lab.client().post("/graphql", json={"query": VERIFY, "variables": {"input": values}})
    again = await post(lab.client(), VERIFY, input=values)

    assert about["code"] == "TWO_FACTOR_REQUIRED"
    assert signed_in.json()["data"]["authVerifyTwoFactor"]["user"]["id"] == ann.id
    assert "orrery_session" in signed_in.headers["set-cookie"]
    assert again["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert (await ann.ask(ME))["viewer"]["twoFactorEnabled"] is True


async def test_recovery_codes_are_renewed_and_the_second_factor_turned_off(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    _, recovery = await two_factor(ann)

    renewed = await ann.ask(RENEW, input={"password": PASSWORD, "code": recovery[0]})
    old = await ann.refused(DISABLE, input={"password": PASSWORD, "code": recovery[1]})
    fresh = renewed["twoFactorRecoveryCodesRenew"]["recoveryCodes"]
    await ann.ask(DISABLE, input={"password": PASSWORD, "code": fresh[0]})

    assert len(fresh) == 10
    assert old["extensions"] == {"code": "BAD_USER_INPUT", "field": "code"}
    assert (await ann.ask(ME))["viewer"]["twoFactorEnabled"] is False


async def test_sessions_are_listed_and_ended(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    for device in ("Phone/1", "Tablet/2", "Desk/3"):
        phone = lab.client()
        phone.headers["user-agent"] = device
        await post(phone, LOGIN, input={"email": ann.email, "password": PASSWORD})
    listing = "{ viewer { sessions { id userAgent isCurrent createdAt lastUsedAt expiresAt } } }"

    before = (await ann.ask(listing))["viewer"]["sessions"]
    revoked = await ann.ask("mutation ($id: ID!) { sessionRevoke(id: $id) { deletedId } }", id=before[0]["id"])
    others = await ann.ask("mutation { sessionRevokeOthers { ended cursor } }")
    after = (await ann.ask(listing))["viewer"]["sessions"]

    assert [one["userAgent"] for one in before[:3]] == ["Desk/3", "Tablet/2", "Phone/1"]
    assert [one["isCurrent"] for one in before] == [False, False, False, True]
    assert revoked["sessionRevoke"]["deletedId"] == before[0]["id"]
    assert others["sessionRevokeOthers"]["ended"] == 2
    assert [one["id"] for one in after] == [before[3]["id"]]


async def test_an_address_is_confirmed_and_a_password_reset_by_mail(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    ctx = Context(ANONYMOUS, services_of(lab))
    ask = "mutation ($input: PasswordResetRequestInput!) { passwordResetRequest(input: $input) { accepted } }"
    reset = "mutation ($input: PasswordResetInput!) { passwordReset(input: $input) { accepted } }"
    verify = "mutation ($input: EmailVerifyInput!) { emailVerify(input: $input) { accepted } }"

    await ann.ask("mutation { emailVerificationSend { cursor } }")
    token = await token_to(ctx, ann.email, MailTemplate.EMAIL_VERIFICATION)
    verified = await post(lab.client(), verify, input={"token": token})
    assert (await ann.ask(ME))["viewer"]["emailVerifiedAt"] is not None
    asked = await post(lab.client(), ask, input={"email": ann.email})
    unknown = await post(lab.client(), ask, input={"email": "nobody@example.com"})
    token = await token_to(ctx, ann.email, MailTemplate.PASSWORD_RESET)
    done = await post(lab.client(), reset, input={"token": token, "newPassword": "another password"})

    assert verified["data"]["emailVerify"] == {"accepted": True}
    assert asked == unknown
    assert done["data"]["passwordReset"] == {"accepted": True}
    ended = await post(lab.client(ann.token), ME)
    assert ended["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    signed_in = await post(lab.client(), LOGIN, input={"email": ann.email, "password": "another password"})
    assert signed_in["data"]["authLogin"]["user"]["id"] == ann.id


async def test_what_is_the_viewers_own_is_null_for_everybody_else(lab: Lab) -> None:
    ann, bob = await lab.person("ann@example.com"), await lab.confirmed("bob@example.com")
    home = await ann.ask("{ organizations { nodes { id } } }")
    add = """mutation ($o: ID!) { organizationMemberAdd(organizationId: $o, input: {email: "bob@example.com",
      role: MEMBER}) { member { user { id twoFactorEnabled emailVerifiedAt } } } }"""

    added = await ann.ask(add, o=home["organizations"]["nodes"][0]["id"])

    shown = added["organizationMemberAdd"]["member"]["user"]
    assert shown == {"id": bob.id, "twoFactorEnabled": None, "emailVerifiedAt": None}


def test_what_takes_no_session_passes_a_stale_cookie() -> None:
    schema = graph()
    assert schema.query_type
    assert schema.mutation_type
    roots = {*schema.query_type.fields, *schema.mutation_type.fields}
    anyone = {name for name, one in CATALOGUE.items() if one.caller is Caller.ANYONE}

    assert anyone & roots == FIELDS_OF_ANYONE


def services_of(lab: Lab) -> Services:
    services: Services = lab.app.state.services
    return services


async def test_consents_are_given_read_and_exported(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    give = (
        "mutation ($input: ConsentGiveInput!) { consentGive(input: $input) { consents { subject version at } cursor } }"
    )

    given = await ann.ask(give, input={"subject": "PRIVACY", "version": "3"})
    read = await ann.ask("{ viewer { consents { subject version at } } accountExport }")

    [consent] = given["consentGive"]["consents"]
    assert (consent["subject"], consent["version"]) == ("PRIVACY", "3")
    assert read["viewer"]["consents"] == [consent]
    assert read["accountExport"]["profile"]["email"] == "ann@example.com"
    assert read["accountExport"]["profile"]["consents"][0]["version"] == "3"


async def test_an_account_is_deleted_with_its_cookies(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    remove = "mutation ($input: AccountDeleteInput!) { accountDelete(input: $input) { deletedId cursor } }"

    wrong = await ann.refused(remove, input={"password": "wrong password"})
    answer = await ann.http.post("/graphql", json={"query": remove, "variables": {"input": {"password": PASSWORD}}})

    assert wrong["extensions"] == {"code": "BAD_USER_INPUT", "field": "password"}
    assert answer.json()["data"]["accountDelete"]["deletedId"] == ann.id
    assert 'orrery_session=""' in answer.headers["set-cookie"]
    assert (await post(ann.http, ME))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_picture_is_set_and_taken_away(lab: Lab) -> None:
    ann = await lab.person("ann@example.com")
    set_ = "mutation ($input: UserAvatarSetInput!) { userAvatarSet(input: $input) { user { id avatarUrl } cursor } }"

    made = await ann.ask(set_, input={"image": base64.b64encode(PICTURE).decode()})
    wrong = await ann.refused(set_, input={"image": "no base64!"})
    removed = await ann.ask("mutation { userAvatarRemove { user { avatarUrl } } }")

    assert made["userAvatarSet"]["user"]["avatarUrl"].startswith(f"/users/{ann.id}/avatar?v=")
    assert wrong["extensions"] == {
        "code": "BAD_USER_INPUT",
        "field": "image",
        "problems": wrong["extensions"]["problems"],
    }
    assert removed["userAvatarRemove"]["user"]["avatarUrl"] is None
