"""Which credentials are assigned."""

from collections.abc import Sequence

from models import Credential
from models.records import CardRecord, ProjectRecord
from resolvers.kit.load import by_ids


async def assigned_ids(records: Sequence[CardRecord | ProjectRecord]) -> list[str | None]:
    """The id of the credential that is assigned to each; None for none, and for one that is gone. Where none is, that
    takes no query."""
    named = [record.get("credential_id") for record in records]
    there = await by_ids(Credential, named, frozenset({"organization_id"}))
    return [str(credential_id) if credential_id in there else None for credential_id in named]
