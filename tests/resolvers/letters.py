"""What tests read of the mails that wait: their links, as the sender would write them."""

import re
from typing import Any

from models import Mail
from models.base import collection
from models.enums import MailTemplate
from models.records import MailRecord
from resolvers.kit.context import Context
from resolvers.mail.mail import compose


async def mails_to(address: str, template: MailTemplate | None = None) -> list[MailRecord]:
    """The mails of the outbox to an address, oldest first."""
    query: dict[str, Any] = {"to": address}
    if template is not None:
        query["template"] = template.value
    return await collection(Mail).find(query).sort("_id", 1).to_list()


async def token_to(ctx: Context, address: str, template: MailTemplate) -> str:
    """The token of the link of the last mail to an address."""
    letter = await compose(ctx.services, (await mails_to(address, template))[-1])
    assert letter is not None
    found = re.search(r"#([\w-]+)", letter.text)
    assert found is not None
    return found[1]
