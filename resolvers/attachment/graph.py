"""What can be reached from attachments, and they from cards."""

from collections.abc import Sequence

from models import Attachment
from models.enums import TokenScope
from models.records import AttachmentRecord, CardRecord
from resolvers.files.attachment_link import link_to
from resolvers.kit.context import Context
from resolvers.kit.load import one_by, to_list
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import CARD
from resolvers.kit.operation import edge
from resolvers.user.user import users_by

READ = TokenScope.PROJECTS_READ


@edge(scope=READ)
async def attachments_of(ctx: Context, cards: Sequence[CardRecord], fields: Fields) -> list[list[AttachmentRecord]]:
    """A card's files, oldest first: at most 100."""
    return await to_list(Attachment, cards, "card_id", sort=[("card_id", 1), ("_id", 1)], fields=fields)


card_of = one_by(CARD, "card_id")
"""The card of each file; None once that is gone, in an event of before."""
uploader_of = users_by("uploaded_by")
"""Who attached a file."""


@edge(scope=READ)
async def urls_of(ctx: Context, attachments: Sequence[AttachmentRecord], fields: Fields) -> list[str]:
    """Links to the files' bytes, good for ten minutes."""
    return [link_to(ctx.services, attachment["_id"]) for attachment in attachments]
