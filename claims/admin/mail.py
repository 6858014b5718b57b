"""What a person is written to about, and, where mail is not sent, a page that shows it."""

import email.policy
import re
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims import actions
from claims.choices import MailKind

from .base import Desk, origin
from .conversation import carried_out

# Files of mail that the page shows, the newest.
MOST = 50
# What Django's backend writes after each mail.
END_OF_MAIL = re.compile(rb"^-{79}$", re.MULTILINE)


class MailForm(forms.Form):
    """The kinds of mail that a person wants, and in which language."""

    wanted = forms.MultipleChoiceField(
        label=gettext_lazy("Write to me when"),
        required=False,
        choices=MailKind,
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of mail"), choices=lambda: settings.LANGUAGES
    )


def my_mail_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """A person's own choice."""
    person = request.user
    wanted = [kind for kind in MailKind.values if kind not in person.unwanted_mail]
    form = MailForm(request.POST or None, initial={"wanted": wanted, "language": person.language})
    desk = Desk(form)

    def act() -> None:
        chosen = form.cleaned_data["wanted"]
        actions.choose_mail(
            actor=person,
            unwanted=[kind for kind in MailKind.values if kind not in chosen],
            language=form.cleaned_data["language"],
            request=origin(request),
        )

    if request.method == "POST" and carried_out(desk, act):
        messages.success(request, _("Saved: we write to you as you chose."))
        return HttpResponseRedirect(request.path)
    context = {
        **site.each_context(request),
        "title": _("My mail"),
        "form": form,
        "shown_here": bool(settings.MAIL_FOLDER),
    }
    return render(request, "admin/claims/my_mail.html", context, status=desk.status)


@dataclass(frozen=True)
class SentMail:
    to: str
    subject: str
    date: str
    body: str


def read_mail(folder: Path) -> list[SentMail]:
    """The mail in the newest files of a folder, newest first."""
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)
    return [mail for file in files[:MOST] for mail in reversed(mails_in(file.read_bytes()))]


def mails_in(content: bytes) -> list[SentMail]:
    """The mails that one file holds, as the backend wrote them."""
    found = []
    for part in END_OF_MAIL.split(content):
        if not part.strip():
            continue
        message: Any = message_from_bytes(part.strip(), policy=email.policy.default)
        body = message.get_body(("plain",))
        found.append(
            SentMail(
                to=str(message["To"] or ""),
                subject=str(message["Subject"] or ""),
                date=str(message["Date"] or ""),
                body=body.get_content() if body else "",
            )
        )
    return found


def sent_mail_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """The mail that would have been sent: in the demonstration only."""
    if not settings.MAIL_FOLDER:
        raise Http404
    context = {
        **site.each_context(request),
        "title": _("Sent mail"),
        "mails": read_mail(Path(settings.MAIL_FOLDER)),
    }
    return render(request, "admin/claims/sent_mail.html", context)
