"""What API keys of organizations were used for."""

from dataclasses import dataclass

from auth.policies import api_key as policy
from models import KeyUse
from models.base import collection
from models.records import ApiTokenRecord, KeyUseRecord
from resolvers.api_key.api_key import ADMINISTER, existing_key
from resolvers.inputs.api_key import COUNTED, KeyUseList
from resolvers.kit.context import Context
from resolvers.kit.nouns import API_TOKEN
from resolvers.kit.operation import Caller, operation


@dataclass(frozen=True, slots=True)
class Uses:
    """Some uses of a key, and how many there are: at most COUNTED are counted."""

    nodes: list[KeyUseRecord]
    total_count: int


@operation(
    "apiKeyUses",
    opens=API_TOKEN.reading("deleted_at"),
    permission=policy.READ,
    scope=ADMINISTER,
    caller=Caller.PERSON,
    read_only=True,
)
async def list_api_key_uses(_ctx: Context, door: ApiTokenRecord, values: KeyUseList) -> Uses:
    """Requests that came with an API key in the last 90 days, the newest first."""
    of_key = {"api_token_id": existing_key(door)["_id"]}
    found = collection(KeyUse).find(of_key).sort("_id", -1).skip(values.offset).limit(values.limit)
    return Uses(await found.to_list(), await collection(KeyUse).count_documents(of_key, limit=COUNTED))
