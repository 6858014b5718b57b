"""The real worker, in a process of its own, as the app's login: what was told is sent."""

import subprocess
import sys

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from claims.admin.mail import read_mail
from claims.models import Mail
from tests.test_commands import PROJECT, environment

pytestmark = pytest.mark.django_db(transaction=True)


def work(folder, **settings: str) -> subprocess.CompletedProcess:
    """Let a worker do what there is to do, and end."""
    command = [sys.executable, PROJECT / "manage.py", "procrastinate", "worker", "--one-shot"]
    env = environment(connection.settings_dict["NAME"])
    env |= {"FACTCHECK_MAIL_FOLDER": str(folder), **settings}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)


def test_the_worker_sends_what_was_told(newsroom_live, tmp_path):
    editor = newsroom_live.second_editor
    editor.email = "second@example.org"
    editor.save(update_fields=["email"])
    claim = newsroom_live.draft("Something that mail does not repeat")
    newsroom_live.submit(claim)
    assert read_mail(tmp_path) == []
    done = work(tmp_path, FACTCHECK_NEWSROOM_URL="https://desk.example.org")
    assert done.returncode == 0, done.stderr
    (mail,) = read_mail(tmp_path)
    assert mail.to == "second@example.org"
    assert f"https://desk.example.org/admin/claims/claim/{claim.pk}/change/" in mail.body
    assert "does not repeat" not in mail.subject + mail.body
    assert Mail.objects.get().sent_at is not None
    assert {job.status for job in ProcrastinateJob.objects.all()} == {"succeeded"}
    # Nothing is left to do, so that nothing is sent twice.
    assert work(tmp_path).returncode == 0
    assert len(read_mail(tmp_path)) == 1


def test_a_mail_that_cannot_be_sent_is_tried_again(newsroom_live, tmp_path):
    editor = newsroom_live.second_editor
    editor.email = "second@example.org"
    editor.save(update_fields=["email"])
    newsroom_live.submit(newsroom_live.draft())
    blocked = tmp_path / "not a folder"
    blocked.write_text("")
    assert work(blocked).returncode == 0
    (job,) = ProcrastinateJob.objects.all()
    assert (job.status, job.attempts) == ("todo", 1)
    assert Mail.objects.get().sent_at is None
