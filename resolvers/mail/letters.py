"""What the mails say. A letter is written once, and rendered as text and as HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from string import Template

from models.enums import MailTemplate

Words = Mapping[str, str]

_HTML = Template(
    """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>$subject</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif;color:#1c2024">
<div style="max-width:560px;margin:0 auto">
$body
<p style="color:#60646c;font-size:13px">$note</p>
</div></body></html>
"""
)
_BUTTON = Template(
    '<p><a href="$link" style="display:inline-block;padding:10px 18px;border-radius:6px;background:#2a5bd7;'
    'color:#ffffff;text-decoration:none">$label</a></p>\n'
    '<p style="color:#60646c;font-size:13px">Or open this address: <br>$link</p>'
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's content."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Draft:
    """The words of a letter, with `$names` in them. `action` is the label of the link, where there is one."""

    subject: str
    paragraphs: tuple[str, ...]
    note: str
    action: str | None = None


_IGNORE = "If you did not ask for this, you can ignore this mail: nothing changes."
_NOT_YOU = "If this was not you, reset your password at once, and look at the sessions of your account."

DRAFTS: Mapping[MailTemplate, _Draft] = {
    MailTemplate.INVITATION: _Draft(
        # Nothing here that the inviter has chosen: a subject is read before anybody knows whom it is from.
        "You are invited to a workspace",
        (
            "$inviter ($address) invites you to the workspace $workspace of $organization in Orrery.",
            "You can accept with your account, or create one. The invitation is for $to and ends on $until.",
        ),
        "If you do not know $inviter, you can ignore this mail.",
        "Accept the invitation",
    ),
    MailTemplate.ORGANIZATION_INVITATION: _Draft(
        "You are invited to an organization",
        (
            "$inviter ($address) invites you to $organization in Orrery.",
            "You can accept with your account, or create one. The invitation is for $to and ends on $until.",
        ),
        "If you do not know $inviter, you can ignore this mail.",
        "Accept the invitation",
    ),
    MailTemplate.EMAIL_VERIFICATION: _Draft(
        "Confirm your e-mail address",
        ("Please confirm that $to is your address.", "The link works once, until $until."),
        _IGNORE,
        "Confirm the address",
    ),
    MailTemplate.PASSWORD_RESET: _Draft(
        "Choose a new password",
        (
            "Somebody asked for a new password of the Orrery account $to.",
            "The link works once, until $until. All sessions of the account end with the new password.",
        ),
        _IGNORE,
        "Choose a new password",
    ),
    MailTemplate.PASSWORD_CHANGED: _Draft(
        "Your password was changed",
        ("The password of the Orrery account $to was changed on $at.",),
        _NOT_YOU,
    ),
    MailTemplate.TWO_FACTOR_ENABLED: _Draft(
        "Two-factor sign-in is on",
        ("Signing in to the Orrery account $to takes a code of your authenticator from now on ($at).",),
        _NOT_YOU,
    ),
    MailTemplate.TWO_FACTOR_DISABLED: _Draft(
        "Two-factor sign-in is off",
        ("Signing in to the Orrery account $to takes the password alone from now on ($at).",),
        _NOT_YOU,
    ),
    MailTemplate.EMAIL_CHANGED: _Draft(
        "Your address was changed",
        ("Whoever manages accounts has given the Orrery account $to another address, on $at.",),
        _NOT_YOU,
    ),
    MailTemplate.ACCOUNT_DELETED: _Draft(
        "Your account was deleted",
        ("The Orrery account of $to was deleted on $at. What you wrote for others stays, without your name.",),
        "Thank you for having been here.",
    ),
}


def write_letter(template: MailTemplate, words: Words, link: str | None = None) -> Letter:
    """The letter; `link` is where its action leads. Raises KeyError for a word that the draft asks for and is missing.

    Whatever the words hold, the subject is one line and the HTML shows them as text.
    """
    draft = DRAFTS[template]
    plain = {name: " ".join(value.split()) for name, value in words.items()}
    html = {name: escape(value) for name, value in plain.items()}
    subject = Template(draft.subject).substitute(plain)
    text = [_filled(paragraph, plain) for paragraph in draft.paragraphs]
    body = [f"<p>{_filled(paragraph, html)}</p>" for paragraph in draft.paragraphs]
    if draft.action is not None and link is not None:
        text.append(f"{draft.action}:\n{link}")
        body.append(_BUTTON.substitute(link=escape(link), label=escape(draft.action)))
    text.append(_filled(draft.note, plain))
    return Letter(
        subject=subject,
        text="\n\n".join(text) + "\n",
        html=_HTML.substitute(subject=escape(subject), body="\n".join(body), note=_filled(draft.note, html)),
    )


def _filled(text: str, words: Words) -> str:
    return Template(text).substitute(words)
