"""The ledger: what comes into a wallet and what is used up of it, each written once, in one change with the balance.

The changes here are those of the history of the organization or the person whose wallet it is. Two that meet at one
wallet, in two processes, are in conflict, and one of them runs again: so a balance is never below 0, and what has the
same reference is there once.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from models import LedgerEntry, Wallet
from models.base import collection, to_record, utc_now, with_changes
from models.errors import Conflict, InsufficientBalance
from models.ids import Kind, kind_of, new_id
from models.records import LedgerEntryRecord, WalletRecord
from models.wallet import LedgerEntryType, WalletUnit, wallet_id
from models.write import update_and_read
from realtime.events.wallet import LedgerEntryAdded
from realtime.log import Change


def empty_wallet(owner_id: ObjectId, at: datetime) -> WalletRecord:
    """The wallet of an organization or a person that has nothing yet."""
    is_person = kind_of(owner_id) is Kind.USER
    return to_record(
        Wallet(
            id=wallet_id(owner_id),
            organization_id=None if is_person else owner_id,
            user_id=owner_id if is_person else None,
            unit=WalletUnit.CENTS if is_person else WalletUnit.TOKENS,
            created_at=at,
            updated_at=at,
        )
    )


async def credit(
    change: Change,
    owner_id: ObjectId,
    amount: int,
    type_: LedgerEntryType,
    reference: str | None = None,
    *,
    action: str = "",
    metadata: Mapping[str, Any] | None = None,
) -> LedgerEntryRecord:
    """Put something into the wallet of an organization or a person; what became of it.

    With a reference that the wallet's ledger has, that entry, and nothing changes; raises Conflict where that one is
    another amount, of another type or for another action.
    """
    known = await _known(change, owner_id, amount, type_, reference, action)
    if known is not None:
        return known
    before = await open_wallet(change, owner_id)
    changes = {
        "balance": before["balance"] + amount,
        "credited": before["credited"] + amount,
        "updated_at": change.at,
    }
    await collection(Wallet).update_one({"_id": before["_id"]}, {"$set": changes}, session=change.session)
    wallet = with_changes(before, changes)
    return await _write(change, owner_id, wallet, amount, type_, reference, action, metadata)


async def debit(
    change: Change,
    owner_id: ObjectId,
    amount: int,
    reference: str | None = None,
    *,
    action: str = "",
    metadata: Mapping[str, Any] | None = None,
) -> tuple[LedgerEntryRecord, WalletRecord | None]:
    """Use up something of a wallet; what became of it, and the wallet as it is then, unless it was used up already.

    Raises InsufficientBalance where less is left; with a reference as `credit`.
    """
    type_ = LedgerEntryType.CONSUME
    known = await _known(change, owner_id, -amount, type_, reference, action)
    if known is not None:
        return known, None
    enough = {"_id": wallet_id(owner_id), "balance": {"$gte": amount}}
    taken = {"$inc": {"balance": -amount, "consumed": amount}, "$set": {"updated_at": change.at}}
    wallet = await update_and_read(Wallet, enough, taken, change.session)
    if wallet is None:
        there = await find_wallet(owner_id, change)
        raise InsufficientBalance(0 if there is None else there["balance"], amount)
    return await _write(change, owner_id, wallet, -amount, type_, reference, action, metadata), wallet


async def take_back(
    change: Change, owner_id: ObjectId, amount: int, reference: str, *, action: str, metadata: Mapping[str, Any]
) -> LedgerEntryRecord:
    """Take out of a wallet what was paid for and is given back; what became of it.

    No more than there is: what was used up already is told as `missing` in the metadata of the entry.
    """
    before = await open_wallet(change, owner_id)
    taken = min(before["balance"], amount)
    changes = {
        "balance": before["balance"] - taken,
        "credited": before["credited"] - taken,
        "updated_at": change.at,
    }
    await collection(Wallet).update_one({"_id": before["_id"]}, {"$set": changes}, session=change.session)
    told = {**metadata, "missing": amount - taken} if taken < amount else metadata
    wallet, type_ = with_changes(before, changes), LedgerEntryType.REFUND
    return await _write(change, owner_id, wallet, -taken, type_, reference, action, told)


async def find_wallet(owner_id: ObjectId, change: Change | None = None) -> WalletRecord | None:
    """The wallet of an organization or a person; None where nothing has come yet."""
    session = None if change is None else change.session
    return await collection(Wallet).find_one({"_id": wallet_id(owner_id)}, session=session)


async def wallet_of(owner_id: ObjectId) -> WalletRecord:
    """The same, where that is an empty one."""
    return await find_wallet(owner_id) or empty_wallet(owner_id, utc_now())


async def open_wallet(change: Change, owner_id: ObjectId) -> WalletRecord:
    """The wallet of an organization or a person, which is made where it is not there."""
    there = await find_wallet(owner_id, change)
    if there is not None:
        return there
    made = empty_wallet(owner_id, change.at)
    try:
        await collection(Wallet).insert_one(made, session=change.session)
    except DuplicateKeyError as error:  # another process made it at the same moment
        error._add_error_label("TransientTransactionError")
        raise
    return made


async def _known(
    change: Change, owner_id: ObjectId, amount: int, type_: LedgerEntryType, reference: str | None, action: str
) -> LedgerEntryRecord | None:
    """The entry that a reference was used for; raises Conflict where that is another thing."""
    if reference is None:
        return None
    same = {"wallet_id": wallet_id(owner_id), "reference": reference}
    found = await collection(LedgerEntry).find_one(same, session=change.session)
    if found is not None and (found["amount"], found["type"], found["action"]) != (amount, type_, action):
        raise Conflict("was used for another amount, or for something else", field="reference")
    return found


async def _write(
    change: Change,
    owner_id: ObjectId,
    wallet: WalletRecord,
    amount: int,
    type_: LedgerEntryType,
    reference: str | None,
    action: str,
    metadata: Mapping[str, Any] | None,
) -> LedgerEntryRecord:
    entry_id = new_id(Kind.LEDGER_ENTRY)
    entry = to_record(
        LedgerEntry(
            id=entry_id,
            wallet_id=wallet["_id"],
            organization_id=wallet["organization_id"],
            user_id=wallet["user_id"],
            type=type_,
            amount=amount,
            balance=wallet["balance"],
            action=action,
            reference=reference or str(entry_id),
            metadata=dict(metadata or {}),
            created_by=change.actor_id,
            created_at=change.at,
        )
    )
    await collection(LedgerEntry).insert_one(entry, session=change.session)
    change.append(owner_id, LedgerEntryAdded(entry=entry, wallet=wallet))
    return entry
