"""Which credential models are asked with for a card."""

from typing import Any

from auth.policies import board
from models.enums import TokenScope
from models.records import CardRecord
from realtime.log import Change, Committed
from resolvers.card.update import edit_card
from resolvers.credential.assigned import administered_organization, require_of_organization
from resolvers.credential.credential import PEOPLES
from resolvers.inputs.credential import CredentialAssign
from resolvers.kit.context import Context
from resolvers.kit.nouns import CARD
from resolvers.kit.operation import operation
from resolvers.state.mission_wake import wake_waiting


@operation("cardCredentialSet", opens=CARD, permission=board.WRITE, scope=TokenScope.ACCOUNT_WRITE, no_tool=PEOPLES)
async def set_card_credential(ctx: Context, door: CardRecord, values: CredentialAssign) -> Committed[CardRecord]:
    """Say which credential models are asked with for a card: for admins of its organization."""
    organization_id, wanted = await administered_organization(ctx, door["workspace_id"]), values.wanted

    async def edit(change: Change, _card: CardRecord) -> dict[str, Any]:
        await require_of_organization(change, organization_id, wanted)
        return {"credential_id": wanted}

    committed = await edit_card(ctx, door, edit)
    await wake_waiting(organization_id)
    return committed
