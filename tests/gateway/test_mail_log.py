"""What the log tells of mails that are files: their text in development, and never the secret of a link in production.

The mails go out by what the app makes its mailer with.
"""

import email
import re
from dataclasses import replace
from datetime import timedelta
from email import policy
from pathlib import Path

import pytest

from auth.jwt import JwtSigner
from auth.subject import ANONYMOUS
from gateway.app import _delivery
from gateway.database import Database
from gateway.mailer import FolderMailer
from gateway.outbox import Outbox
from gateway.settings import Environment, Settings
from models import Mail
from models.base import collection
from models.enums import MailTemplate
from realtime.guard import Guard
from realtime.hub import Hub
from realtime.log import EventLog
from resolvers.account.email import send_email_verification
from resolvers.account.password import request_password_reset
from resolvers.inputs.account import PasswordResetRequest
from resolvers.inputs.organization import OrganizationMemberInvite
from resolvers.inputs.workspace import WorkspaceMemberInvite
from resolvers.invitation.invitation import invite_workspace_member
from resolvers.invitation.organization_invitation import invite_organization_member
from resolvers.kit.context import Context, Services
from resolvers.mail.mail import compose
from tests.resolvers.conftest import make_organization, make_workspace
from tests.resolvers.lab import People, again

WITH_LINK = {
    MailTemplate.INVITATION,
    MailTemplate.ORGANIZATION_INVITATION,
    MailTemplate.EMAIL_VERIFICATION,
    MailTemplate.PASSWORD_RESET,
}


@pytest.fixture
async def services(clean: Database) -> Services:
    """What the sender works with; mails of every kind that has a link wait in its outbox."""
    hub = Hub(EventLog(clean.client))
    services = Services(hub, Guard(), JwtSigner("mail-log" * 5), timedelta(days=7), "http://127.0.0.1:3001")
    people = People(Context(ANONYMOUS, services))
    owner = await people.register("owner")
    organization = await make_organization(owner)
    workspace = await make_workspace(owner, organization)
    await invite_workspace_member(again(owner), workspace["_id"], WorkspaceMemberInvite(email="ada@example.com"))
    joining = OrganizationMemberInvite(email="bob@example.com")
    await invite_organization_member(again(owner), organization["_id"], joining)
    await send_email_verification(again(owner))
    await request_password_reset(people.anonymous, PasswordResetRequest(email=people.email(owner)))
    return services


async def secrets_of(services: Services) -> dict[MailTemplate, str]:
    """The secret in the link of each mail that waits."""
    found: dict[MailTemplate, str] = {}
    async for mail in collection(Mail).find({}):
        letter = await compose(services, mail)
        assert letter is not None
        secret = re.search(r"#([\w-]{20,})", letter.text)
        assert secret is not None
        found[MailTemplate(mail["template"])] = secret[1]
    return found


def texts_in(folder: Path) -> str:
    """What the mails of a folder say."""
    mails = [email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in folder.iterdir()]
    parts = [mail.get_body(("plain",)) for mail in mails]
    return "\n".join(part.get_content() for part in parts if part is not None)


def told_in(text: str, secrets: dict[MailTemplate, str]) -> set[MailTemplate]:
    """The mails whose secret a text tells."""
    return {template for template, secret in secrets.items() if secret in text}


@pytest.mark.parametrize(("env", "told"), [("production", set()), ("development", WITH_LINK)])
async def test_the_log_tells_the_link_of_a_mail_in_development_alone(
    env: Environment,
    told: set[MailTemplate],
    services: Services,
    settings: Settings,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # Given
    caplog.set_level("DEBUG", "orrery")
    secrets = await secrets_of(services)
    assert secrets.keys() == WITH_LINK
    chosen = replace(settings, env=env, data_dir=tmp_path)
    mailer = _delivery(chosen)
    assert isinstance(mailer, FolderMailer)

    # When
    await Outbox(services, mailer, chosen.mail_from).round()

    # Then
    assert told_in(texts_in(tmp_path / "mail"), secrets) == WITH_LINK
    assert told_in(caplog.text, secrets) == told
