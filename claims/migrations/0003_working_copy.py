"""Guards of the working copy: actors, versions, contributors, states (DESIGN 3 and 5).

Rules read no bypass setting. What people may not write at all is also kept from them by column
privileges (`claims.database_roles`). Inside a trigger of ours (depth above 1) the row guards stand
aside: nobody but the owner can make triggers.
"""

from django.db import migrations

VERSIONS = """
-- The action that is running, or NULL: then every statement is a change of its own.
CREATE FUNCTION claims_change() RETURNS uuid
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT nullif(current_setting('counterclaim.change', true), '')::uuid
$$;

CREATE FUNCTION claims_contribute(record text, record_id bigint, version integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO claims_contribution (record, record_id, version, user_id)
    VALUES ($1, $2, $3, claims_actor()) ON CONFLICT DO NOTHING
$$;

-- A part of the claim changed: raise its version once per action, void what was decided about it.
CREATE FUNCTION claims_touch(claim bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    change uuid := claims_change();
    raised integer;
BEGIN
    UPDATE claims_claim SET
        version = version + CASE WHEN change_id = change THEN 0 ELSE 1 END,
        change_id = change,
        state = CASE state WHEN 'changes_requested' THEN state ELSE 'draft' END,
        changed_at = clock_timestamp()
    WHERE id = claim RETURNING version INTO raised;
    PERFORM claims_contribute('claim', claim, raised);
END $$;

CREATE FUNCTION claims_part_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    was bigint := CASE WHEN TG_OP <> 'INSERT' THEN (to_jsonb(OLD) ->> TG_ARGV[0])::bigint END;
    now_is bigint := CASE WHEN TG_OP <> 'DELETE' THEN (to_jsonb(NEW) ->> TG_ARGV[0])::bigint END;
BEGIN
    IF pg_trigger_depth() > 1 OR TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN
        RETURN NULL;
    END IF;
    IF was <> now_is THEN
        RAISE EXCEPTION 'a part of one claim cannot move to another'
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM claims_touch(coalesce(now_is, was));
    RETURN NULL;
END $$;

CREATE TRIGGER b_touch AFTER INSERT OR UPDATE OR DELETE ON claims_claimtext
    FOR EACH ROW EXECUTE FUNCTION claims_part_changed('claim_id');
CREATE TRIGGER b_touch AFTER INSERT OR UPDATE OR DELETE ON claims_citation
    FOR EACH ROW EXECUTE FUNCTION claims_part_changed('claim_id');
CREATE TRIGGER b_touch AFTER INSERT OR UPDATE OR DELETE ON claims_rebuttal
    FOR EACH ROW EXECUTE FUNCTION claims_part_changed('counterclaim_id');
"""

STATES = """
-- What keeps a claim from being submitted; NULL when nothing does. `workflow.gaps` says it kindly.
CREATE FUNCTION claims_submission_gap(claim bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN t.statement IS NULL THEN 'a statement in the original language'
        WHEN c.claimant_id IS NULL AND claims_is_blank(t.attribution) THEN
            'a claimant or an attribution'
        WHEN NOT EXISTS (SELECT FROM claims_citation ci WHERE ci.claim_id = c.id) THEN 'a citation'
        WHEN c.confidence = '' OR claims_is_blank(t.reason) THEN 'a confidence with its reason'
        WHEN o.document IS NULL AND c.change_kind <> '' THEN
            'no kind of change before an edition has been open to readers'
        WHEN o.document IS NOT NULL AND (c.change_kind = '' OR claims_is_blank(t.change_note)) THEN
            'a kind of change and a note to readers'
    END
    FROM claims_claim c
    LEFT JOIN claims_claimtext t ON t.claim_id = c.id AND t.language = c.language
    LEFT JOIN LATERAL (SELECT claims_last_open(c.id) AS document) o ON true
    WHERE c.id = claim
$$;

-- The document of the edition that was last open to readers; NULL before the first opening.
CREATE FUNCTION claims_last_open(claim bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT document FROM claims_publishededition
    WHERE claim_key = $1 AND lower(readable) <= clock_timestamp()
    ORDER BY number DESC LIMIT 1
$$;

CREATE FUNCTION claims_guard_claim() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    actor bigint;
    gap text;
BEGIN
    IF pg_trigger_depth() > 1 THEN
        RETURN NEW;
    END IF;
    actor := claims_actor();
    IF TG_OP = 'INSERT' THEN
        IF (NEW.state, NEW.version, NEW.frozen_version, NEW.edition) <> ('draft', 1, 0, 0) THEN
            RAISE EXCEPTION 'a claim begins as a draft, version 1, without editions'
                USING ERRCODE = 'check_violation';
        END IF;
        NEW.change_id := claims_change();
        NEW.created_at := clock_timestamp();
        NEW.changed_at := NEW.created_at;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.public_id, NEW.version, NEW.frozen_version, NEW.edition, NEW.created_at)
        IS DISTINCT FROM
        (OLD.id, OLD.public_id, OLD.version, OLD.frozen_version, OLD.edition, OLD.created_at)
    THEN
        RAISE EXCEPTION 'ids, versions and edition numbers are not set by hand'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.language, NEW.claimant_id, NEW.confidence, NEW.change_kind)
        IS DISTINCT FROM (OLD.language, OLD.claimant_id, OLD.confidence, OLD.change_kind)
    THEN
        IF NEW.state <> OLD.state THEN
            RAISE EXCEPTION 'content and state do not change in one statement'
                USING ERRCODE = 'check_violation';
        END IF;
        NEW.version := OLD.version + CASE WHEN OLD.change_id = claims_change() THEN 0 ELSE 1 END;
        NEW.change_id := claims_change();
        NEW.state := CASE OLD.state WHEN 'changes_requested' THEN OLD.state ELSE 'draft' END;
        NEW.changed_at := clock_timestamp();
        PERFORM claims_contribute('claim', NEW.id, NEW.version);
    ELSIF NEW.state <> OLD.state THEN
        -- approved and published follow from an approval and an edition; see 0004.
        IF NEW.state = 'in_review' AND OLD.state IN ('draft', 'changes_requested') THEN
            gap := claims_submission_gap(NEW.id);
            IF gap IS NOT NULL THEN
                RAISE EXCEPTION 'not ready for review: it needs %', gap
                    USING ERRCODE = 'check_violation';
            END IF;
        ELSIF NEW.state = 'changes_requested' AND OLD.state = 'in_review' THEN
            IF claims_is_blank(current_setting('counterclaim.reason', true)) THEN
                RAISE EXCEPTION 'a request for changes needs a reason'
                    USING ERRCODE = 'check_violation';
            END IF;
        ELSE
            RAISE EXCEPTION 'no step leads from % to %', OLD.state, NEW.state
                USING ERRCODE = 'check_violation';
        END IF;
        NEW.changed_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE ON claims_claim
    FOR EACH ROW EXECUTE FUNCTION claims_guard_claim();

CREATE FUNCTION claims_recorded() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM claims_contribute(substr(TG_TABLE_NAME, length('claims_') + 1), NEW.id, NEW.version);
    RETURN NULL;
END $$;

CREATE TRIGGER b_recorded AFTER INSERT ON claims_claim
    FOR EACH ROW EXECUTE FUNCTION claims_recorded();
CREATE TRIGGER b_recorded AFTER INSERT ON claims_party
    FOR EACH ROW EXECUTE FUNCTION claims_recorded();
CREATE TRIGGER b_recorded AFTER INSERT ON claims_source
    FOR EACH ROW EXECUTE FUNCTION claims_recorded();

-- Checked at the end of the transaction: a claim and its texts are written one after the other.
CREATE FUNCTION claims_check_whole() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    claim bigint := CASE TG_TABLE_NAME WHEN 'claims_claim' THEN (to_jsonb(NEW) ->> 'id')
        ELSE coalesce(to_jsonb(NEW), to_jsonb(OLD)) ->> 'claim_id' END;
    original record;
BEGIN
    SELECT c.confidence, t.id AS text, t.reason INTO original FROM claims_claim c
        LEFT JOIN claims_claimtext t ON t.claim_id = c.id AND t.language = c.language
        WHERE c.id = claim;
    IF original.text IS NULL THEN
        RAISE EXCEPTION 'a claim needs a text in its original language'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (original.confidence = '') <> claims_is_blank(original.reason) THEN
        RAISE EXCEPTION 'confidence and its reason come together'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER c_whole AFTER INSERT OR UPDATE ON claims_claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION claims_check_whole();
CREATE CONSTRAINT TRIGGER c_whole AFTER INSERT OR UPDATE OR DELETE ON claims_claimtext
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION claims_check_whole();
"""

SHARED_RECORDS = """
-- Parties and sources are shown by many claims: a change voids the approvals that rest on them.
CREATE FUNCTION claims_guard_shared() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF pg_trigger_depth() > 1 THEN
        RETURN NEW;
    END IF;
    PERFORM claims_actor();
    IF TG_OP = 'INSERT' THEN
        IF (NEW.version, NEW.frozen_version) <> (1, 0) THEN
            RAISE EXCEPTION 'a shared record begins at version 1' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF (NEW.id, NEW.public_id, NEW.version, NEW.frozen_version)
        IS DISTINCT FROM (OLD.id, OLD.public_id, OLD.version, OLD.frozen_version)
    THEN
        RAISE EXCEPTION 'ids and versions are not set by hand' USING ERRCODE = 'check_violation';
    ELSIF NEW IS DISTINCT FROM OLD THEN
        NEW.version := OLD.version + 1;
        PERFORM claims_contribute(
            substr(TG_TABLE_NAME, length('claims_') + 1), NEW.id, NEW.version);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE ON claims_party
    FOR EACH ROW EXECUTE FUNCTION claims_guard_shared();
CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE ON claims_source
    FOR EACH ROW EXECUTE FUNCTION claims_guard_shared();

CREATE FUNCTION claims_name_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    raised integer;
    was bigint := CASE WHEN TG_OP <> 'INSERT' THEN OLD.party_id END;
    now_is bigint := CASE WHEN TG_OP <> 'DELETE' THEN NEW.party_id END;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN
        RETURN NULL;
    END IF;
    IF was <> now_is THEN
        RAISE EXCEPTION 'a name of one party cannot move to another'
            USING ERRCODE = 'check_violation';
    END IF;
    UPDATE claims_party SET version = version + 1 WHERE id = coalesce(now_is, was)
        RETURNING version INTO raised;
    PERFORM claims_contribute('party', coalesce(now_is, was), raised);
    RETURN NULL;
END $$;

CREATE TRIGGER b_touch AFTER INSERT OR UPDATE OR DELETE ON claims_partyname
    FOR EACH ROW EXECUTE FUNCTION claims_name_changed();

CREATE FUNCTION claims_void_approvals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.version = OLD.version THEN
        RETURN NULL;
    END IF;
    UPDATE claims_claim c SET state = 'in_review', changed_at = clock_timestamp()
    WHERE c.state = 'approved' AND (
        TG_TABLE_NAME = 'claims_party' AND (
            c.claimant_id = NEW.id
            OR EXISTS (
                SELECT FROM claims_citation ci JOIN claims_source s ON s.id = ci.source_id
                WHERE ci.claim_id = c.id AND s.publisher_id = NEW.id
            )
        )
        OR TG_TABLE_NAME = 'claims_source' AND EXISTS (
            SELECT FROM claims_citation ci WHERE ci.claim_id = c.id AND ci.source_id = NEW.id
        )
    );
    RETURN NULL;
END $$;

CREATE TRIGGER c_void_approvals AFTER UPDATE ON claims_party
    FOR EACH ROW EXECUTE FUNCTION claims_void_approvals();
CREATE TRIGGER c_void_approvals AFTER UPDATE ON claims_source
    FOR EACH ROW EXECUTE FUNCTION claims_void_approvals();

-- Nothing an edition rests on can be deleted, not even by the owner.
CREATE FUNCTION claims_guard_delete() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.frozen_version > 0 THEN
        RAISE EXCEPTION 'an edition rests on this record: it cannot be deleted'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER a_guard_delete BEFORE DELETE ON claims_claim
    FOR EACH ROW EXECUTE FUNCTION claims_guard_delete();
CREATE TRIGGER a_guard_delete BEFORE DELETE ON claims_party
    FOR EACH ROW EXECUTE FUNCTION claims_guard_delete();
CREATE TRIGGER a_guard_delete BEFORE DELETE ON claims_source
    FOR EACH ROW EXECUTE FUNCTION claims_guard_delete();
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0002_history")]

    operations = [
        # A function may name tables and functions that a later statement makes.
        migrations.RunSQL(
            ["SET LOCAL check_function_bodies = off", VERSIONS, STATES, SHARED_RECORDS],
        ),
    ]
