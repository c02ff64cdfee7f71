"""What the signed-in person has agreed to: which version of which text, and when."""

from models import User
from models.base import collection
from models.errors import Conflict, Unauthenticated
from models.records import ConsentRecord
from realtime.events.account import ConsentGiven
from realtime.log import Change, Committed
from resolvers.inputs.account import ConsentGive
from resolvers.kit.ceilings import MAX_CONSENTS
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation


@operation("consentGive", caller=Caller.PERSON)
async def give_consent(ctx: Context, values: ConsentGive) -> Committed[list[ConsentRecord]]:
    """Record that the viewer agrees to a version of a text.

    A second time changes nothing. All that is on record.
    """

    async def body(change: Change) -> list[ConsentRecord]:
        user = await collection(User).find_one({"_id": ctx.user_id}, {"consents": 1}, session=change.session)
        if user is None:
            raise Unauthenticated
        given = user.get("consents", [])
        subject, version = values.subject.value, values.version
        if any((record["subject"], record["version"]) == (subject, version) for record in given):
            return given
        if len(given) >= MAX_CONSENTS:
            raise Conflict(f"There are {MAX_CONSENTS} consents of yours already, which is the most", limit=MAX_CONSENTS)
        consent: ConsentRecord = {"subject": subject, "version": version, "at": change.at}
        await collection(User).update_one(
            {"_id": ctx.user_id}, {"$push": {"consents": consent}}, session=change.session
        )
        change.append(ctx.user_id, ConsentGiven(subject=subject, version=version))
        return [*given, consent]

    return await ctx.write(ctx.user_id, body)


@operation("consents", caller=Caller.PERSON, read_only=True)
async def list_consents(ctx: Context) -> list[ConsentRecord]:
    """What the caller has agreed to, the oldest first."""
    user = await collection(User).find_one({"_id": ctx.user_id}, {"consents": 1})
    if user is None:
        raise Unauthenticated
    return user.get("consents", [])
