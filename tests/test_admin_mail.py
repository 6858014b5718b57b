"""A person's choice of mail, and the page that shows mail where none is sent."""

import pytest
from django.core.mail import EmailMessage

from claims.admin.mail import mails_in, read_mail
from claims.choices import MailKind
from tests.admin_client import sent, shown, sign_in


def test_everything_is_wanted_until_a_person_chooses(newsroom):
    client = sign_in(newsroom.reporter)
    form = sent(client.get("/admin/mail/"))
    assert form["wanted"] == MailKind.values
    kept = [MailKind.MENTION, MailKind.PUBLISHED]
    answer = client.post("/admin/mail/", {**form, "wanted": kept, "language": "ko"})
    assert answer.status_code == 302
    newsroom.reporter.refresh_from_db()
    assert newsroom.reporter.language == "ko"
    assert set(newsroom.reporter.unwanted_mail) == set(MailKind.values) - set(kept)
    assert sent(client.get("/admin/mail/"))["wanted"] == ["published", "mention"]


@pytest.mark.parametrize("choice", [{"wanted": "nonsense"}, {"language": "xx"}, {"language": ""}])
def test_a_choice_that_is_not_on_offer_is_refused(newsroom, choice):
    client = sign_in(newsroom.reporter)
    answer = client.post("/admin/mail/", {"wanted": [], "language": "en", **choice})
    assert answer.status_code == 422
    newsroom.reporter.refresh_from_db()
    assert newsroom.reporter.unwanted_mail == []


def test_a_choice_is_ones_own(newsroom):
    client = sign_in(newsroom.editor)
    client.post("/admin/mail/", {"wanted": [], "language": "en", "user": newsroom.reporter.pk})
    newsroom.reporter.refresh_from_db()
    assert newsroom.reporter.unwanted_mail == []


def test_mail_that_is_not_sent_is_shown(newsroom, settings, tmp_path):
    settings.MAIL_FOLDER = settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EmailMessage(
        "첫 번째 <주제>", "본문\n\n--\nhttps://desk.example.org/x", to=["a@example.org"]
    ).send()
    EmailMessage("Second", "Body", to=["b@example.org"]).send()
    assert {mail.subject for mail in read_mail(tmp_path)} == {"첫 번째 <주제>", "Second"}
    page = sign_in(newsroom.reporter).get("/admin/mail/sent/")
    assert "첫 번째 <주제>" in shown(page)
    assert "<주제>" not in page.content.decode()
    assert 'href="https://desk.example.org/x"' in page.content.decode()


def test_the_page_of_mail_is_there_only_where_mail_is_not_sent(newsroom, settings):
    settings.MAIL_FOLDER = ""
    assert sign_in(newsroom.reporter).get("/admin/mail/sent/").status_code == 404


@pytest.mark.parametrize("content", [b"", b"-" * 79, b"no mail at all", b"\xff\xfe\n" + b"-" * 79])
def test_a_file_that_is_no_mail_breaks_nothing(content):
    assert all(isinstance(mail.subject, str) for mail in mails_in(content))
