"""The commands that verify, save and restore the record, and the one that sets its policy."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone
from psycopg import errors, sql

from claims.choices import Ground
from claims.database_roles import APP_PRIVILEGES, READER_VIEWS
from claims.document import NO_EDITION_YET
from claims.exceptions import Invalid, NotAllowed
from claims.management import backups, postgres
from claims.models import Edition, History, Policy, PublishedEdition

from .newsroom import Newsroom

PROJECT = Path(__file__).parent.parent
BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])
ELSEWHERE = "restored_by_tests"


def url(user: str, name: str) -> str:
    """The address of a database of the tests' server, as DATABASE_URL has it."""
    known = settings.OWNER_DATABASE
    password = f":{quote(known['PASSWORD'], safe='')}" if known.get("PASSWORD") else ""
    host = known.get("HOST") or known.get("OPTIONS", {}).get("host", "")
    if host.startswith("/"):
        return f"postgresql://{user}{password}@/{name}?host={quote(host, safe='')}"
    port = f":{known['PORT']}" if known.get("PORT") else ""
    return f"postgresql://{user}{password}@{host}{port}/{name}"


def environment(name: str) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": url(settings.OWNER_DATABASE["USER"], name)}


def manage(*arguments: str | Path, name: str = "", **variables: str) -> subprocess.CompletedProcess:
    """Run manage.py by itself, on the tests' database or on `name`."""
    return subprocess.run(
        [sys.executable, PROJECT / "manage.py", *arguments],
        env={**environment(name or connection.settings_dict["NAME"]), **variables},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def room(newsroom_live: Newsroom) -> Newsroom:
    """A claim with two editions and a rebuttal of it, in English and Korean, all published."""
    room = newsroom_live
    korean = {"ko": {"statement": "“이용률”이 3%로 떨어졌다\n", "reason": "\t출처 하나"}}
    room.claim = room.published("Usage fell to 3%", texts=korean)
    room.rebuttal_ = room.rebuttal(room.claim, ground=Ground.UNDERCUT)
    room.publish(room.rebuttal_)
    room.publish(room.revise(room.claim, statement="Usage fell to 4%"))
    return room


@pytest.fixture
def tamper(connect):
    """Change a table as only the owner can: with its triggers switched off."""
    owner = connect("owner")

    def change(*statements: str, row: int | None = None) -> None:
        with owner.transaction():
            owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for statement in statements:
                table = re.search(r"claims_\w+", statement)[0]
                owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                values = {"row": row} if "%(row)s" in statement else None
                assert owner.execute(statement, values).rowcount == 1
                owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return change


def found(capsys, *arguments: str) -> str:
    """The complaint of verify_editions; empty when it has none."""
    try:
        call_command("verify_editions", *arguments)
    except CommandError as error:
        assert error.returncode == 1
        return str(error)
    return ""


# --- verify_editions ----------------------------------------------------------------------------


@BOTH_SIDES
def test_an_intact_chain_verifies_and_names_its_head(room, capsys):
    assert found(capsys) == ""
    output = capsys.readouterr()
    head = Edition.objects.latest("id").digest
    assert output.out == f"3 editions verified, chain head {head}\n"
    assert output.err.splitlines()[-1] == "Verifying editions: 100 %"


def test_no_editions_are_a_sound_chain(newsroom, capsys):
    newsroom.draft()
    assert found(capsys) == ""
    assert capsys.readouterr().out.endswith(f"chain head {NO_EDITION_YET}\n")


def test_editions_that_are_scheduled_or_withdrawn_verify(newsroom, capsys):
    newsroom.withdraw(newsroom.published())
    newsroom.publish(newsroom.draft(), opens_at=timezone.now() + timedelta(hours=1))
    assert found(capsys) == ""


EDITION = "UPDATE claims_edition SET {} WHERE id = %(row)s"
COPY = "UPDATE claims_publishededition SET {} WHERE edition_id = %(row)s"
EDGE = "UPDATE claims_publishededge SET {} WHERE edition_id = %(row)s"
APPROVAL = (
    "UPDATE claims_approval SET {} WHERE id ="
    " (SELECT approval_id FROM claims_edition WHERE id = %(row)s)"
)
FLIPPED = "translate(left({0}, 1), '0123456789abcdef', '123456789abcdef0') || substr({0}, 2)"


# What is changed, in which edition (0: first of the claim, 1: the rebuttal, 2: the claim's second).
@pytest.mark.parametrize(
    ("statement", "index", "fault"),
    [
        (EDITION.format("document = replace(document, '3%%', '8%%')"), 0, "document does not"),
        (EDITION.format("document = replace(document, 'One', 'one')"), 1, "document does not"),
        (EDITION.format("document = document || ' '"), 2, "document does not"),
        (EDITION.format("document = 'no JSON'"), 2, "document does not"),
        (EDITION.format("digest = " + FLIPPED.format("digest")), 1, "its digest is not"),
        (EDITION.format("document_digest = " + FLIPPED.format("document_digest")), 0, "document"),
        (EDITION.format("previous_digest = " + FLIPPED.format("previous_digest")), 1, "its digest"),
        (EDITION.format("made_at = made_at + '1 microsecond'"), 2, "its digest is not"),
        (EDITION.format("kind = 'minor'"), 2, "its digest is not"),
        (EDITION.format("number = 7"), 2, "its digest is not"),
        (APPROVAL.format("document_digest = " + FLIPPED.format("document_digest")), 1, "approval"),
        (APPROVAL.format("claim_id = (SELECT max(id) FROM claims_claim)"), 0, "its approval is of"),
        (COPY.format("document = jsonb_set(document, '{language}', '\"eo\"')"), 0, "(document)"),
        (COPY.format("digest = " + FLIPPED.format("digest")), 1, "(digest)"),
        (COPY.format("document_digest = " + FLIPPED.format("document_digest")), 2, "differs"),
        (COPY.format("confidence = 'high'"), 2, "(confidence)"),
        (COPY.format("is_counterclaim = false"), 1, "(is_counterclaim)"),
        (COPY.format("four_eyes = false"), 1, "(four_eyes)"),
        (COPY.format("number = 9"), 2, "(number)"),
        (COPY.format("claim = 'elsewhere'"), 2, "(claim)"),
        (COPY.format("kind = ''"), 2, "(kind)"),
        ("DELETE FROM claims_publishededition WHERE edition_id = %(row)s", 0, "copy is missing"),
        (EDGE.format("ground = 'rebut'"), 1, "published rebuttals"),
        (EDGE.format("target = 'elsewhere'"), 1, "published rebuttals"),
        (EDGE.format("target_edition = 2"), 1, "published rebuttals"),
        (EDGE.format("confidence = 'high'"), 1, "published rebuttals"),
        ("DELETE FROM claims_publishededge WHERE edition_id = %(row)s", 1, "published rebuttals"),
    ],
)
@BOTH_SIDES
def test_what_was_changed_is_named(room, tamper, capsys, statement, index, fault):
    edition = list(Edition.objects.order_by("id").select_related("claim"))[index]
    name = f"Edition {edition.claim.public_id}/{edition.number}: "
    tamper(statement, row=edition.pk)
    complaint = found(capsys)
    assert complaint.startswith(name if "number = 7" not in statement else name[:-3])
    assert fault in complaint


@BOTH_SIDES
def test_what_has_no_edition_is_named(room, tamper, capsys):
    tamper(
        "INSERT INTO claims_publishededition (edition_id, claim_key, claim, number, kind,"
        " confidence, is_counterclaim, document, document_digest, previous_digest, digest,"
        " four_eyes, made_at, current, readable, asserted_since, language)"
        " SELECT 999, claim_key, claim, 3, kind, confidence,"
        " is_counterclaim, document, document_digest, previous_digest, digest, four_eyes, made_at,"
        " 'empty', 'empty', 1, language FROM claims_publishededition"
        " ORDER BY edition_id DESC LIMIT 1"
    )
    name = f"Edition {room.claim.public_id}/3: "
    assert found(capsys) == name + "it is published, but there is no such edition."
    tamper("DELETE FROM claims_publishededition WHERE edition_id = 999")
    tamper("UPDATE claims_claim SET edition = 3 WHERE id = %(row)s", row=room.claim.pk)
    assert found(capsys).startswith(f"Edition {room.claim.public_id}/2: it is the claim’s newest")
    tamper("UPDATE claims_claim SET edition = 2 WHERE id = %(row)s", row=room.claim.pk)
    tamper(
        "INSERT INTO claims_publishededge (edition_id, counterclaim, target, ground, opposer,"
        " target_edition, confidence) VALUES (999, 'a', 'b', 'rebut', 'us', 1, 'low')"
    )
    assert "without an edition" in found(capsys)


@BOTH_SIDES
def test_a_whole_edition_taken_out_breaks_the_chain(room, tamper, capsys):
    tamper(
        "DELETE FROM claims_release WHERE edition_id = %(row)s",
        "DELETE FROM claims_edition WHERE id = %(row)s",
        "DELETE FROM claims_publishededition WHERE edition_id = %(row)s",
        "DELETE FROM claims_publishedmention WHERE edition_id = %(row)s",
        row=Edition.objects.earliest("id").pk,
    )
    assert "it does not continue from the edition before it" in found(capsys)
    assert found(capsys, "--all") == "2 breaks were found."
    listed = capsys.readouterr().out.splitlines()
    assert listed[1] == (
        f"Edition {room.claim.public_id}/2: its number does not follow from the claim’s other"
        " editions."
    )


@BOTH_SIDES
def test_all_lists_every_break(room, tamper, capsys):
    for edition in Edition.objects.all():
        tamper(COPY.format("confidence = 'moderate'"), row=edition.pk)
    # The first and the last edition; the rebuttal's edge repeats its confidence.
    assert found(capsys, "--all") == "3 breaks were found."
    names = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]
    claim, rebuttal = room.claim.public_id, room.rebuttal_.public_id
    assert names == [f"Edition {claim}/1", f"Edition {rebuttal}/1", f"Edition {claim}/2"]


@BOTH_SIDES
def test_verify_editions_runs_as_the_app_and_ends_with_1(room, tamper):
    sound = manage("verify_editions")
    assert (sound.returncode, sound.stdout[:20]) == (0, "3 editions verified,")
    tamper(EDITION.format("document = document || ' '"), row=Edition.objects.earliest("id").pk)
    broken = manage("verify_editions")
    assert (broken.returncode, broken.stdout) == (1, "")
    assert f"Edition {room.claim.public_id}/1: " in broken.stderr
    assert "Traceback" not in broken.stderr


# --- backup and restore -------------------------------------------------------------------------


@pytest.fixture
def elsewhere(connect) -> Iterator[str]:
    """The name of a second, empty database of the same server."""
    owner = connect("owner")
    owner.execute(f"DROP DATABASE IF EXISTS {ELSEWHERE}")
    owner.execute(f"CREATE DATABASE {ELSEWHERE}")
    yield ELSEWHERE
    owner.execute(f"DROP DATABASE {ELSEWHERE} WITH (FORCE)")


def open_as(role: str, name: str) -> psycopg.Connection:
    return psycopg.connect(url(role, name), autocommit=True)


def contents(role: str, name: str, table: str, order: str) -> list[tuple]:
    with open_as(role, name) as session:
        return session.execute(f"SELECT * FROM {table} ORDER BY {order}").fetchall()


def relations(name: str) -> int:
    """How many tables, views and the like a database has outside the system's own."""
    with open_as(settings.OWNER_DATABASE["USER"], name) as session:
        return session.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        ).fetchone()[0]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@BOTH_SIDES
def test_a_backup_restores_into_an_empty_database(room, elsewhere, tmp_path):
    here = connection.settings_dict["NAME"]
    folder = tmp_path / "backup"
    room.reporter.set_password("a password of the tests")
    room.reporter.save()
    with open_as(settings.APP_ROLE, here) as app:
        app.execute("INSERT INTO django_session VALUES ('secret-key', 'data', now())")

    saved = manage("backup", folder)
    assert (saved.returncode, saved.stderr.count("Traceback")) == (0, 0), saved.stderr
    assert "3 editions verified" in saved.stdout
    assert "Saving claims_edition (" in saved.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["database.dump", "manifest.json"]
    assert [mode(folder), *map(mode, folder.iterdir())] == [0o700, 0o600, 0o600]
    assert b"secret-key" not in (folder / "database.dump").read_bytes()
    manifest = json.loads((folder / "manifest.json").read_text())
    head = Edition.objects.latest("id").digest
    assert (manifest["editions"], manifest["head"], manifest["broken"]) == (3, head, "")
    assert manifest["tables"]["claims_history"] == History.objects.count()
    assert "claims_tip" in manifest["tables"] and "claims_tipsalt" not in manifest["tables"]
    assert manifest["dump_size"] == (folder / "database.dump").stat().st_size

    restored = manage("restore", folder, name=elsewhere)
    assert restored.returncode == 0, restored.stderr
    assert f"3 editions verified, chain head {head}" in restored.stdout
    assert "Loading claims_edition (" in restored.stderr
    for output in (saved, restored):
        assert settings.OWNER_DATABASE["USER"] not in output.stdout + output.stderr

    owner = settings.OWNER_DATABASE["USER"]
    for table in manifest["tables"]:
        assert sorted(map(repr, contents(owner, here, table, "1"))) == sorted(
            map(repr, contents(owner, elsewhere, table, "1"))
        )
    for view in READER_VIEWS:
        rows = [contents(settings.READER_ROLE, name, view, "1") for name in (here, elsewhere)]
        assert rows[0] == rows[1]
        assert rows[0] or view in ("claims_publishednotice", "claims_sitepage")
    again = manage("verify_editions", name=elsewhere)
    assert (again.returncode, head in again.stdout) == (0, True)
    assert manage("migrate", "--check", name=elsewhere).returncode == 0


@BOTH_SIDES
def test_after_a_restore_every_login_may_do_what_it_could(room, elsewhere, tmp_path):
    rights = (
        "SELECT grantee, table_schema, table_name, column_name, privilege_type"
        " FROM information_schema.column_privileges WHERE grantee IN (%s, %s)"
        " UNION ALL SELECT grantee, table_schema, table_name, NULL, privilege_type"
        " FROM information_schema.table_privileges WHERE grantee IN (%s, %s)"
    )
    roles = [settings.APP_ROLE, settings.READER_ROLE] * 2

    def held(name: str) -> set[tuple]:
        with open_as(settings.OWNER_DATABASE["USER"], name) as session:
            return set(session.execute(rights, roles).fetchall())

    assert manage("backup", tmp_path / "backup").returncode == 0
    assert manage("restore", tmp_path / "backup", name=elsewhere).returncode == 0
    here = held(connection.settings_dict["NAME"])
    granted = {table for table, privileges in APP_PRIVILEGES.items() if privileges}
    assert {row[2] for row in here} == {*granted, *READER_VIEWS}
    assert held(elsewhere) == here
    with open_as(settings.APP_ROLE, elsewhere) as app:
        for refused in (
            "UPDATE claims_edition SET number = 9",
            "TRUNCATE claims_edition",
            "CREATE TABLE mine ()",
            "CREATE TEMP TABLE mine ()",
            "INSERT INTO claims_policy (four_eyes, reason) VALUES (false, 'why not')",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                app.execute(refused)
        assert app.execute("SELECT count(*) FROM claims_claim").fetchone() == (2,)
    refusal = pytest.raises(errors.InsufficientPrivilege)
    with open_as(settings.READER_ROLE, elsewhere) as reader, refusal:
        reader.execute("SELECT FROM public.claims_claim")
    # The guards came along: not even the owner changes an edition by hand.
    refusal = pytest.raises(errors.CheckViolation)
    with open_as(settings.OWNER_DATABASE["USER"], elsewhere) as owner, refusal:
        owner.execute("UPDATE claims_edition SET number = 9")


@BOTH_SIDES
def test_restore_refuses_a_database_that_is_not_empty(room, tmp_path):
    assert manage("backup", tmp_path / "backup").returncode == 0
    before = Edition.objects.count(), History.objects.count()
    refused = manage("restore", tmp_path / "backup")
    assert (refused.returncode, "not empty" in refused.stderr) == (1, True)
    assert (Edition.objects.count(), History.objects.count()) == before


@BOTH_SIDES
def test_a_damaged_backup_is_refused_before_anything_is_written(room, elsewhere, tmp_path):
    folder = tmp_path / "backup"
    assert manage("backup", folder).returncode == 0
    dump, manifest = folder / "database.dump", folder / "manifest.json"
    sound, described = dump.read_bytes(), manifest.read_text()
    flipped = bytearray(sound)
    flipped[len(sound) // 2] ^= 1
    for damaged, text, sentence in [
        (bytes(flipped), described, "The dump is damaged"),
        (sound[:-1], described, "The dump is damaged"),
        (sound, "{", "cannot be read"),
        (sound, "[]", "cannot be read"),
        (sound, described.replace('"format": 1', '"format": 2'), "has the format 2"),
        (sound, described.replace('"claims.0001', '"claims.0000'), "another version"),
        (sound, described.replace('"server_major": ', '"server_major": 9'), "server is older"),
    ]:
        dump.write_bytes(damaged)
        manifest.write_text(text)
        refused = manage("restore", folder, name=elsewhere)
        assert (refused.returncode, sentence in refused.stderr) == (1, True), refused.stderr
        assert "Traceback" not in refused.stderr
        assert relations(elsewhere) == 0
    dump.write_bytes(sound)
    manifest.unlink()
    refused = manage("restore", folder, name=elsewhere)
    assert (refused.returncode, "no complete backup" in refused.stderr) == (1, True)
    manifest.write_text(described)
    assert manage("restore", folder, name=elsewhere).returncode == 0


@BOTH_SIDES
def test_a_dump_that_breaks_off_leaves_the_database_empty(room, elsewhere, tmp_path):
    """Damage that the manifest agrees with: pg_restore meets it when half is loaded."""
    folder = tmp_path / "backup"
    assert manage("backup", folder).returncode == 0
    dump, manifest = folder / "database.dump", folder / "manifest.json"
    dump.write_bytes(dump.read_bytes()[:-2000])
    described = json.loads(manifest.read_text())
    described |= {"dump_size": dump.stat().st_size, "dump_sha256": backups.sha256(dump)}
    manifest.write_text(json.dumps(described))
    failed = manage("restore", folder, name=elsewhere)
    assert (failed.returncode, "pg_restore failed: " in failed.stderr) == (1, True), failed.stderr
    assert relations(elsewhere) == 0


@BOTH_SIDES
@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"head": "0" * 64}, "does not end with"), ({"tables": {"claims_user": 1}}, "differ in")],
)
def test_restore_compares_with_the_manifest(room, elsewhere, tmp_path, change, sentence):
    folder = tmp_path / "backup"
    assert manage("backup", folder).returncode == 0
    manifest = folder / "manifest.json"
    described = json.loads(manifest.read_text())
    change = {name: described[name] | v if name == "tables" else v for name, v in change.items()}
    manifest.write_text(json.dumps(described | change))
    failed = manage("restore", folder, name=elsewhere)
    assert (failed.returncode, sentence in failed.stderr) == (1, True), failed.stderr


@BOTH_SIDES
def test_a_broken_chain_fails_loudly_and_keeps_the_files(room, tamper, elsewhere, tmp_path):
    tamper(EDITION.format("document = document || ' '"), row=Edition.objects.earliest("id").pk)
    saved = manage("backup", tmp_path / "backup")
    name = f"Edition {room.claim.public_id}/1: its document does not"
    assert (saved.returncode, name in saved.stderr) == (1, True), saved.stderr
    manifest = json.loads((tmp_path / "backup" / "manifest.json").read_text())
    assert (manifest["editions"], manifest["broken"].startswith(name)) == (3, True)
    restored = manage("restore", tmp_path / "backup", name=elsewhere)
    assert (restored.returncode, name in restored.stderr) == (1, True), restored.stderr


@BOTH_SIDES
def test_backup_refuses_a_folder_in_use(room, tmp_path):
    (tmp_path / "notes").write_text("mine")
    refused = manage("backup", tmp_path)
    assert (refused.returncode, "is not empty" in refused.stderr) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == ["notes"]
    assert manage("backup", tmp_path / "notes").returncode == 1
    assert manage("backup", tmp_path / "notes" / "inside").returncode == 1
    (tmp_path / "empty").mkdir()
    assert manage("backup", tmp_path / "empty").returncode == 0
    assert (tmp_path / "notes").read_text() == "mine"


@BOTH_SIDES
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_backup_leaves_nothing_that_looks_complete(room, connect, tmp_path, number):
    folder = tmp_path / "backup"
    owner, watch = connect("owner"), connect("owner")
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pg_dump'"
        " AND wait_event_type = 'Lock' AND datname = current_database()"
    )
    with owner.transaction():
        owner.execute("LOCK TABLE claims_source IN ACCESS EXCLUSIVE MODE")  # pg_dump waits for it
        with subprocess.Popen(
            [sys.executable, PROJECT / "manage.py", "backup", folder],
            env=environment(connection.settings_dict["NAME"]),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                until = time.monotonic() + 30
                while not watch.execute(waiting).fetchone()[0] and time.monotonic() < until:
                    time.sleep(0.05)
                assert watch.execute(waiting).fetchone()[0] == 1
                assert list(tmp_path.iterdir())
                process.send_signal(number)
                assert process.wait(20) != 0
            finally:
                process.kill()
        left = list(tmp_path.rglob("*"))
    assert not folder.exists()
    assert not [path for path in left if path.name == "manifest.json"]
    if number != signal.SIGKILL:
        assert left == []
    assert manage("backup", folder).returncode == 0  # the same name, at once


@BOTH_SIDES
def test_a_password_stands_only_in_the_programs_environment(room, monkeypatch):
    monkeypatch.setenv("PGHOST", "elsewhere.invalid")
    monkeypatch.setenv("PGPASSWORD", "leaked")
    monkeypatch.setenv("PGOPTIONS", "-c session_replication_role=replica")
    connection.ensure_connection()
    given = postgres.environment(connection)
    assert given["PGHOST"] == connection.connection.info.host
    assert given["PGDATABASE"] == connection.settings_dict["NAME"]
    assert given["PGUSER"] == settings.APP_ROLE
    assert "leaked" not in given.values()
    assert "PGOPTIONS" not in given


# --- set_policy ---------------------------------------------------------------------------------


@BOTH_SIDES
def test_four_eyes_off_lets_a_contributor_approve_and_stamps_the_edition(newsroom_live):
    room = newsroom_live
    claim = room.submit(room.draft(actor=room.editor))
    with pytest.raises(NotAllowed):
        room.approve(claim, room.editor)
    off = manage("set_policy", "--four-eyes", "off", "--reason", "One of us is ill.")
    assert (off.returncode, "Four eyes are off" in off.stdout) == (0, True), off.stderr
    entry = History.objects.get(record="policy", action="set_policy")
    assert (entry.reason, entry.after["four_eyes"]) == ("One of us is ill.", False)
    room.approve(claim, room.editor)
    room.publish(claim)
    copy = PublishedEdition.objects.using("public").get(claim=claim.public_id)
    assert copy.four_eyes is False
    on = manage("set_policy", "--four-eyes", "on", "--reason", "Two again.")
    assert (on.returncode, "Four eyes are on" in on.stdout) == (0, True)
    with pytest.raises(NotAllowed):
        room.approve(room.submit(room.draft(actor=room.editor)), room.editor)
    call_command("verify_editions")


@BOTH_SIDES
def test_an_approval_by_a_contributor_opens_nothing_once_four_eyes_are_on_again(newsroom_live):
    room = newsroom_live
    claim = room.submit(room.draft(actor=room.editor))
    manage("set_policy", "--four-eyes", "off", "--reason", "For a moment.")
    room.approve(claim, room.editor)
    manage("set_policy", "--four-eyes", "on", "--reason", "Two again.")
    with pytest.raises(Invalid, match="cannot approve"):
        room.publish(claim)


@BOTH_SIDES
def test_an_unchanged_policy_is_said_and_a_reason_required(newsroom_live):
    same = manage("set_policy", "--four-eyes", "on", "--reason", "As it is.")
    assert (same.returncode, "Nothing to change" in same.stdout) == (0, True)
    for arguments in (["--reason", "  "], []):
        refused = manage("set_policy", "--four-eyes", "off", *arguments)
        assert refused.returncode in (1, 2)
        assert "reason" in refused.stderr
    assert Policy.objects.count() == 1


def test_the_app_cannot_set_the_policy(newsroom):
    with pytest.raises(CommandError, match="Only the database’s owner"):
        call_command("set_policy", four_eyes="off", reason="Why not.")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Policy.objects.create(four_eyes=False, reason="Why not.")
    assert Policy.objects.latest("id").four_eyes


@BOTH_SIDES
def test_the_owner_can_insert_a_policy_and_nobody_changes_one(newsroom_live, connect):
    owner = connect("owner")
    table = sql.Identifier("claims_policy")
    owner.execute(sql.SQL("INSERT INTO {} (four_eyes, reason) VALUES (false, 'x')").format(table))
    for refused in ("UPDATE {} SET four_eyes = true", "DELETE FROM {}", "TRUNCATE {} CASCADE"):
        with pytest.raises(errors.CheckViolation):
            owner.execute(sql.SQL(refused).format(table))
