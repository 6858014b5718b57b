"""What a mail says, to our people and to who sent us a tip. Pure.

To our people it tells that something happened and where to look, never what a claim says: mail
travels open and is kept by others.
"""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from claims.choices import MailKind


class Letter(NamedTuple):
    subject: str
    body: str


def letter(
    kind: MailKind,
    *,
    person: str,
    actor: str,
    claim: str,
    address: str,
    opens_at: datetime | None = None,
) -> Letter:
    """The mail in the language that is active.

    `person` is who gets it, `actor` who did it (empty: nobody, a day passed), `claim` its public
    id, `address` where it is worked on, `opens_at` for when it was scheduled.
    """
    names = {"actor": actor, "claim": claim}
    if opens_at:
        subject = SCHEDULED[kind]() % {**names, "moment": spelled_out(opens_at)}
    else:
        subject = SENTENCES[kind]() % names
    lines = [
        _("Hello %(person)s,") % {"person": person},
        "",
        subject,
        "",
        address,
        "",
        _("You choose in the newsroom, under “My mail”, what we write to you about."),
        settings.SITE_NAME,
    ]
    return Letter(subject, "\n".join(lines))


def answer_letter(text: str, *, received_at: datetime) -> Letter:
    """Our answer to a tip, in the language that is active; what the tip said is not repeated."""
    day = date_format(timezone.localtime(received_at), pgettext("date format, day", "j F Y"))
    lines = [
        _("Hello,"),
        "",
        _("You wrote to us on %(day)s. Here is our answer.") % {"day": day},
        "",
        text,
        "",
        _(
            "We have your address from what you wrote to us. It is deleted 30 days after we have"
            " dealt with it."
        ),
        settings.SITE_NAME,
    ]
    subject = _("Our answer to what you told us: %(site)s") % {"site": settings.SITE_NAME}
    return Letter(subject, "\n".join(lines))


def spelled_out(moment: datetime) -> str:
    wanted = pgettext("date format, moment", "j M Y H:i T")
    return date_format(timezone.localtime(moment), wanted)


# Of an edition that readers are going to see.
SCHEDULED = {
    MailKind.PUBLISHED: lambda: _(
        "Scheduled by %(actor)s: claim %(claim)s will open to readers on %(moment)s"
    ),
    MailKind.REBUTTED: lambda: _(
        "A rebuttal of claim %(claim)s was scheduled by %(actor)s: it will open to readers on"
        " %(moment)s"
    ),
}
SENTENCES = {
    MailKind.REVIEW_ASKED: lambda: _("Review asked by %(actor)s: claim %(claim)s"),
    MailKind.CHANGES_REQUESTED: lambda: _("Changes requested by %(actor)s: claim %(claim)s"),
    MailKind.APPROVED: lambda: _("Approved by %(actor)s: claim %(claim)s"),
    MailKind.PUBLISHED: lambda: _("Published by %(actor)s: claim %(claim)s"),
    MailKind.REBUTTED: lambda: _("A rebuttal of claim %(claim)s was published by %(actor)s"),
    MailKind.WITHDRAWN: lambda: _("Withdrawn by %(actor)s: claim %(claim)s"),
    MailKind.MENTION: lambda: _("%(actor)s mentions you in the conversation on claim %(claim)s"),
    MailKind.OVERDUE_REPLY: lambda: _("A reply is overdue: claim %(claim)s"),
}
