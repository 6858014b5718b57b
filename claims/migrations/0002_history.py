"""Who is acting, and the one append-only record of every change (DESIGN 3, "History").

Functions name their schema in a fixed search path, temporary objects last, so that no session can
slip a table of its own under them.
"""

from django.db import migrations

# As in `claims.validators` when this was written.
VISIBLE = (
    r"'[^\s\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    r"\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]'"
)
FUNCTIONS = """
CREATE FUNCTION claims_actor() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    stated text := coalesce(current_setting('counterclaim.actor', true), '');
    actor bigint;
BEGIN
    IF stated ~ '^[0-9]{1,18}$' THEN
        SELECT id INTO actor FROM claims_user WHERE id = stated::bigint AND is_active;
    END IF;
    -- The guards look at what others have committed; an old snapshot would hide it from them.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'the record is changed under READ COMMITTED only'
            USING ERRCODE = 'check_violation';
    END IF;
    IF actor IS NULL THEN
        RAISE EXCEPTION 'a change must name an active person who makes it'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN actor;
END $$;

-- Whether a text shows nothing: white space and invisible characters are no words.
CREATE FUNCTION claims_is_blank(content text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce(content, '') !~ __VISIBLE__
$$;

-- Locks of the door: rows that nobody but the owner's functions can reach, so that no other login
-- can hold them (an advisory lock is everybody's).
CREATE TABLE claims_lock (name text PRIMARY KEY);
INSERT INTO claims_lock VALUES ('publishing'), ('shared records');

CREATE FUNCTION claims_lock_publishing() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM claims_lock WHERE name = 'publishing' FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the lock is missing' USING ERRCODE = 'check_violation';
    END IF;
END $$;

CREATE FUNCTION claims_lock_shared_records(exclusive boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF exclusive THEN
        PERFORM FROM claims_lock WHERE name = 'shared records' FOR UPDATE;
    ELSE
        PERFORM FROM claims_lock WHERE name = 'shared records' FOR SHARE;
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the lock is missing' USING ERRCODE = 'check_violation';
    END IF;
END $$;

CREATE FUNCTION claims_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'check_violation';
END $$;

-- Arguments, if any, are the only columns that the history keeps of this table.
CREATE FUNCTION claims_write_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    whole jsonb := coalesce(after, before);
    person bigint := nullif(current_setting('counterclaim.actor', true), '')::bigint;
BEGIN
    IF TG_NARGS > 0 THEN
        SELECT jsonb_object_agg(key, value) INTO before
            FROM jsonb_each(before) WHERE key = ANY (TG_ARGV::text[]);
        SELECT jsonb_object_agg(key, value) INTO after
            FROM jsonb_each(after) WHERE key = ANY (TG_ARGV::text[]);
    END IF;
    IF before = after THEN
        RETURN NULL;
    END IF;
    INSERT INTO claims_history
        (at, actor_id, actor, action, reason, request, record, record_id, claim_id, operation,
         before, after)
    VALUES (
        clock_timestamp(),
        person,
        coalesce((SELECT username FROM claims_user WHERE id = person), ''),
        coalesce(current_setting('counterclaim.action', true), ''),
        coalesce(current_setting('counterclaim.reason', true), ''),
        coalesce(current_setting('counterclaim.request', true), ''),
        substr(TG_TABLE_NAME, length('claims_') + 1),
        (whole ->> 'id')::bigint,
        (CASE TG_TABLE_NAME
            WHEN 'claims_claim' THEN whole ->> 'id'
            WHEN 'claims_rebuttal' THEN whole ->> 'counterclaim_id'
            ELSE whole ->> 'claim_id'
        END)::bigint,
        lower(TG_OP),
        before,
        after
    );
    RETURN NULL;
END $$;
""".replace("__VISIBLE__", VISIBLE)

# Table -> the columns kept of it (empty: all). Of people no secret; of editions not their text,
# which stands in the edition itself.
RECORDED = {
    "claims_claim": [],
    "claims_claimtext": [],
    "claims_citation": [],
    "claims_rebuttal": [],
    "claims_party": [],
    "claims_partyname": [],
    "claims_source": [],
    "claims_approval": [],
    "claims_release": [],
    "claims_policy": [],
    "claims_edition": ["claim_id", "number", "kind", "document_digest", "approval_id", "digest"],
    "claims_user": ["username", "first_name", "last_name", "is_active", "is_staff", "is_superuser"],
    "claims_user_groups": [],
}
APPEND_ONLY = [
    "claims_approval",
    "claims_contribution",
    "claims_edition",
    "claims_history",
    "claims_lock",
    "claims_policy",
    "claims_release",
]


def triggers() -> str:
    statements = []
    for table, columns in RECORDED.items():
        arguments = ", ".join(f"'{column}'" for column in columns)
        statements.append(
            f"CREATE TRIGGER z_history AFTER INSERT OR UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION claims_write_history({arguments});"
        )
    for table in APPEND_ONLY:
        statements.append(
            f"CREATE TRIGGER a_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION claims_refuse();"
        )
    statements += [
        f"CREATE TRIGGER a_no_truncate BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION claims_refuse();"
        for table in sorted({*RECORDED, *APPEND_ONLY})
    ]
    return "\n".join(statements)


class Migration(migrations.Migration):
    dependencies = [("claims", "0001_initial")]

    operations = [
        migrations.RunSQL(FUNCTIONS),
        migrations.RunSQL(triggers()),
        migrations.RunSQL(
            "INSERT INTO claims_policy (four_eyes, reason) VALUES (true, 'From the start.')"
        ),
    ]
