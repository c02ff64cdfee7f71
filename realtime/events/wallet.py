"""Events of wallets, in the history of the organization or the person that they are of."""

from typing import Annotated

from models.records import LedgerEntryRecord, WalletRecord
from realtime.events.base import Carried, Event


class LedgerEntryAdded(Event):
    """Something came or was used up; `wallet` is as it is then."""

    entry: Annotated[LedgerEntryRecord, Carried()]
    wallet: Annotated[WalletRecord, Carried()]


class TopUpChanged(Event):
    """What is bought by itself is another, or was begun, or has failed."""

    wallet: Annotated[WalletRecord, Carried()]
