"""A key stands for one request: its change happens once, and everybody who sends it again has the same answer."""

import asyncio
import importlib
import pkgutil
import secrets
from datetime import timedelta

import pytest
from bson import ObjectId

import resolvers
from auth.subject import Credential, Subject
from models import IdempotencyKey
from models.base import collection, utc_now
from models.errors import BadUserInput, Conflict, RateLimited
from resolvers.account.account import update_user
from resolvers.inputs.account import UserUpdate
from resolvers.kit import idempotency
from resolvers.kit.context import Context
from resolvers.kit.idempotency import MAX_BODY, Claim, Reply, fingerprint, once
from resolvers.kit.input import read_input
from resolvers.kit.operation import CATALOGUE
from tests.resolvers.conftest import Register
from tests.resolvers.lab import again

A, B = fingerprint(b"POST", b"/a"), fingerprint(b"POST", b"/b")


def reply(status: int = 201, body: bytes = b"{}", *, failed: bool = False) -> Reply:
    return Reply(status, body, "application/json", failed=failed)


class Work:
    """Renames somebody, and counts how often."""

    def __init__(self, ctx: Context, answer: Reply | Exception, *, changes: bool = True) -> None:
        self.ctx, self.answer, self.changes, self.runs = ctx, answer, changes, 0

    async def __call__(self, claim: Claim) -> Reply:
        self.runs += 1
        ctx = again(self.ctx)
        ctx.marks = (claim,)
        if self.changes:
            await update_user(ctx, read_input(UserUpdate, {"name": secrets.token_hex(8)}))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
async def ann(register_person: Register) -> Context:
    return await register_person("Ann")


@pytest.fixture
def key() -> str:
    return secrets.token_hex(8)


async def expire_leases(user: ObjectId) -> None:
    past = {"$set": {"lease_until": utc_now() - timedelta(seconds=1)}}
    await collection(IdempotencyKey).update_many({"user_id": user}, past)


async def test_a_hundred_at_once_have_one_effect_and_the_same_answer(ann: Context, key: str) -> None:
    work = Work(ann, reply(body=b'{"a": 1}'))

    replies = await asyncio.gather(*(once(ann.subject, key, A, work) for _ in range(100)))

    assert work.runs == 1
    assert {(one.status, one.body) for one in replies} == {(201, b'{"a": 1}')}
    assert sorted(one.replayed for one in replies) == [False] + [True] * 99


async def test_another_request_under_the_key_is_a_conflict(ann: Context, key: str) -> None:
    await once(ann.subject, key, A, Work(ann, reply()))
    other = Work(ann, reply())

    with pytest.raises(Conflict, match="another request"):
        await once(ann.subject, key, B, other)

    assert other.runs == 0


async def test_another_caller_has_keys_of_their_own(ann: Context, key: str, register_person: Register) -> None:
    ben = await register_person("Ben")
    await once(ann.subject, key, A, Work(ann, reply()))
    token = Subject(ann.user_id, Credential.TOKEN, credential_id=ObjectId())

    for ctx, subject in ((ben, ben.subject), (ann, token)):
        work = Work(ctx, reply())
        await once(subject, key, A, work)
        assert work.runs == 1


@pytest.mark.parametrize("status", [500, 503, 401, 429])
async def test_a_failure_that_may_pass_frees_the_key(ann: Context, key: str, status: int) -> None:
    await once(ann.subject, key, A, Work(ann, reply(status), changes=False))
    work = Work(ann, reply())

    assert (await once(ann.subject, key, A, work)).status == 201
    assert work.runs == 1


async def test_an_exception_frees_the_key(ann: Context, key: str) -> None:
    with pytest.raises(RuntimeError):
        await once(ann.subject, key, A, Work(ann, RuntimeError("no"), changes=False))

    assert (await once(ann.subject, key, A, Work(ann, reply()))).replayed is False


class Nothing(Work):
    """Updates somebody with nothing."""

    async def __call__(self, claim: Claim) -> Reply:
        self.runs += 1
        ctx = again(self.ctx)
        ctx.marks = (claim,)
        await update_user(ctx, read_input(UserUpdate, {}))
        return reply(200, b"unchanged")


async def test_what_committed_nothing_is_not_kept_and_its_key_is_free(ann: Context, key: str) -> None:
    for work in (
        Work(ann, reply(409, b"no"), changes=False),
        Work(ann, reply(200, b"failed", failed=True), changes=False),
        Nothing(ann, reply()),
    ):
        for runs in (1, 2):
            assert (await once(ann.subject, key, A, work)).replayed is False
            assert work.runs == runs
        assert await collection(IdempotencyKey).count_documents({"user_id": ann.user_id}) == 0


async def test_a_large_answer_is_given_once_and_not_kept(ann: Context, key: str) -> None:
    kept = await once(ann.subject, key, A, Work(ann, reply(body=bytes(MAX_BODY))))
    large = await once(ann.subject, f"{key}-2", A, Work(ann, reply(body=bytes(MAX_BODY + 1))))

    assert (kept.kept, large.kept) == (True, False)
    assert (await once(ann.subject, key, A, Work(ann, reply()))).body == bytes(MAX_BODY)
    with pytest.raises(Conflict, match="not kept") as refused:
        await once(ann.subject, f"{key}-2", A, Work(ann, reply()))
    assert refused.value.details["kind"] == "NOT_KEPT"


async def test_what_a_person_has_kept_is_bounded_in_number_and_bytes(
    ann: Context, key: str, monkeypatch: pytest.MonkeyPatch, register_person: Register
) -> None:
    monkeypatch.setattr(idempotency, "MAX_KEYS", 3)
    monkeypatch.setattr(idempotency, "MAX_KEPT", 1000)
    works = [Work(ann, reply(body=bytes(600))) for _ in range(4)]

    first, second, third = [await once(ann.subject, f"{key}-{place}", A, works[place]) for place in range(3)]
    with pytest.raises(RateLimited):
        await once(ann.subject, f"{key}-3", A, works[3])

    assert [one.kept for one in (first, second, third)] == [True, False, False]
    assert works[3].runs == 0
    stored = await collection(IdempotencyKey).find({"user_id": ann.user_id}).to_list()
    assert sorted(len(one["body"] or b"") for one in stored) == [0, 0, 600]
    assert (await once(ann.subject, f"{key}-0", A, works[0])).replayed
    ben = await register_person("Ben")
    assert (await once(ben.subject, key, A, Work(ben, reply()))).kept


async def test_a_failure_after_the_change_does_not_repeat_the_change(ann: Context, key: str) -> None:
    with pytest.raises(RuntimeError):
        await once(ann.subject, key, A, Work(ann, RuntimeError("the answer could not be made")))
    work = Work(ann, reply())

    with pytest.raises(Conflict, match="done already"):
        await once(ann.subject, key, A, work)

    assert work.runs == 0


async def test_an_attempt_that_died_before_its_change_is_taken_over_once_its_lease_has_ended(
    ann: Context, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "PATIENCE", 0.1)
    died = await idempotency._claim(idempotency._id(ann.subject, key, A), ann.subject, A, 0.0)
    assert isinstance(died, Claim)
    work = Work(ann, reply())
    with pytest.raises(Conflict, match="still running"):
        await once(ann.subject, key, A, work)

    await expire_leases(ann.user_id)

    assert (await once(ann.subject, key, A, work)).status == 201
    assert work.runs == 1


async def test_an_attempt_that_lost_its_key_changes_nothing(ann: Context, key: str) -> None:
    """The slow attempt begins, its lease ends, another one takes over: only that one may commit."""
    quick = Work(ann, reply(body=b"quick"))

    async def slow(claim: Claim) -> Reply:
        await expire_leases(ann.user_id)
        taken = await idempotency._claim(claim.id, ann.subject, A, 0.0)
        assert isinstance(taken, Claim)
        await idempotency._run(taken, quick)
        return await Work(ann, reply(body=b"slow"))(claim)

    with pytest.raises(Conflict, match="too late"):
        await once(ann.subject, key, A, slow)

    assert quick.runs == 1
    assert (await once(ann.subject, key, A, quick)).body == b"quick"


async def test_an_attempt_that_died_after_its_change_answers_that_it_is_done(ann: Context, key: str) -> None:
    claim = await idempotency._claim(idempotency._id(ann.subject, key, A), ann.subject, A, 0.0)
    assert isinstance(claim, Claim)
    await Work(ann, reply())(claim)
    await expire_leases(ann.user_id)
    work = Work(ann, reply())

    with pytest.raises(Conflict, match="its answer was lost"):
        await once(ann.subject, key, A, work)

    assert work.runs == 0


async def test_what_reveals_a_credential_is_done_once_and_not_kept(ann: Context, key: str) -> None:
    async def reveal(claim: Claim) -> Reply:
        claim.reveals = True
        return reply(body=b"secret")

    await once(ann.subject, key, A, reveal)

    kept = await collection(IdempotencyKey).find_one({"user_id": ann.user_id})
    assert kept is not None
    assert kept["body"] is None
    with pytest.raises(Conflict, match="not kept"):
        await once(ann.subject, key, A, reveal)


async def test_a_key_lives_for_a_day(ann: Context, key: str) -> None:
    await once(ann.subject, key, A, Work(ann, reply()))
    kept = await collection(IdempotencyKey).find_one({"user_id": ann.user_id})
    assert kept is not None
    assert timedelta(hours=23) < kept["expires_at"] - utc_now() <= timedelta(hours=24)

    await collection(IdempotencyKey).update_one({"_id": kept["_id"]}, {"$set": {"expires_at": utc_now()}})

    assert (await once(ann.subject, key, B, Work(ann, reply()))).replayed is False


@pytest.mark.parametrize("malformed", ["", "x" * 256, "a\nb", "ü"])
async def test_a_malformed_key_is_named(ann: Context, malformed: str) -> None:
    with pytest.raises(BadUserInput, match="Idempotency-Key"):
        await once(ann.subject, malformed, A, Work(ann, reply()))


def test_the_operations_that_show_a_credential_say_so() -> None:
    for module in pkgutil.iter_modules(resolvers.__path__):
        importlib.import_module(f"resolvers.{module.name}")
    shown = {name for name, one in CATALOGUE.items() if one.reveals}

    assert shown == {
        "agentCreate",
        "agentSetUp",
        "apiKeyCreate",
        "apiKeyRotate",
        "apiTokenCreate",
        "authLogin",
        "authRefresh",
        "authRegister",
        "authVerifyTwoFactor",
        "billingPaymentBegin",
        "credentialAuthorize",
        "credentialReveal",
        "emailVerificationSend",
        "installationSetup",
        "invitationRegister",
        "invitationResend",
        "oidcComplete",
        "organizationMemberInvite",
        "passwordResetRequest",
        "personCreate",
        "personPasswordReset",
        "teamMemberInvite",
        "twoFactorBegin",
        "twoFactorConfirm",
        "twoFactorRecoveryCodesRenew",
        "workspaceMemberInvite",
    }
