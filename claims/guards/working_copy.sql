-- Guards of the working copy: versions, contributors, states, parts (DESIGN 3 and 5).
--
-- What people may not write at all is also kept from them by column privileges
-- (`claims.database_roles`). Inside a trigger of ours (depth above 1) the row guards stand aside.

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
    WHERE id = claim AND suppressed_at IS NULL AND merged_into_id IS NULL
    RETURNING version INTO raised;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a suppressed or merged claim is not changed'
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM claims_contribute('claim', claim, raised);
END $$;

CREATE FUNCTION claims_claim_of(citation bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT claim_id FROM claims_citation WHERE id = citation
$$;

CREATE FUNCTION claims_part_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    was bigint := CASE WHEN TG_OP <> 'INSERT' THEN (to_jsonb(OLD) ->> TG_ARGV[0])::bigint END;
    now_is bigint := CASE WHEN TG_OP <> 'DELETE' THEN (to_jsonb(NEW) ->> TG_ARGV[0])::bigint END;
    owner bigint := coalesce(now_is, was);
BEGIN
    IF pg_trigger_depth() > 1 OR TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN
        RETURN NULL;
    END IF;
    IF was <> now_is THEN
        RAISE EXCEPTION 'a part of one claim cannot move to another'
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM claims_touch(
        CASE TG_ARGV[0] WHEN 'citation_id' THEN claims_claim_of(owner) ELSE owner END);
    RETURN NULL;
END $$;

CREATE TRIGGER b_touch AFTER INSERT OR UPDATE OR DELETE ON claims_claimtext
    FOR EACH ROW EXECUTE FUNCTION claims_part_changed('claim_id');
CREATE TRIGGER b_touch AFTER INSERT OR UPDATE OR DELETE ON claims_claim_topics
    FOR EACH ROW EXECUTE FUNCTION claims_part_changed('claim_id');
CREATE TRIGGER b_touch AFTER INSERT OR UPDATE OR DELETE ON claims_citation
    FOR EACH ROW EXECUTE FUNCTION claims_part_changed('claim_id');
CREATE TRIGGER b_touch AFTER INSERT OR UPDATE OR DELETE ON claims_relay
    FOR EACH ROW EXECUTE FUNCTION claims_part_changed('citation_id');
CREATE TRIGGER b_touch AFTER INSERT OR UPDATE OR DELETE ON claims_figure
    FOR EACH ROW EXECUTE FUNCTION claims_part_changed('claim_id');
CREATE TRIGGER b_touch AFTER INSERT OR UPDATE OR DELETE ON claims_wording
    FOR EACH ROW EXECUTE FUNCTION claims_part_changed('claim_id');
CREATE TRIGGER b_touch AFTER INSERT OR UPDATE OR DELETE ON claims_replyrequest
    FOR EACH ROW EXECUTE FUNCTION claims_part_changed('claim_id');
CREATE TRIGGER b_touch AFTER INSERT OR UPDATE OR DELETE ON claims_rebuttal
    FOR EACH ROW EXECUTE FUNCTION claims_part_changed('counterclaim_id');

-- What keeps a claim from being submitted; NULL when nothing does. `workflow.gaps` says it kindly.
CREATE FUNCTION claims_submission_gap(claim bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN t.statement IS NULL THEN 'a statement in the original language'
        WHEN c.claimant_id IS NULL AND claims_is_blank(t.attribution) THEN
            'a claimant or an attribution'
        WHEN NOT EXISTS (SELECT FROM claims_citation ci WHERE ci.claim_id = c.id) THEN 'a citation'
        WHEN c.confidence = '' OR claims_is_blank(t.reason) THEN 'a confidence with its reason'
        WHEN c.allegation_about_id IS NOT NULL AND claims_is_blank(t.reply_exception)
            AND NOT EXISTS (
                SELECT FROM claims_replyrequest r WHERE r.claim_id = c.id
                    AND r.party_id = c.allegation_about_id AND r.outcome <> 'waiting')
            THEN 'the answer of whom it faults, or the reason why nobody was asked'
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

-- A merged claim rests as it is, until the merge is undone; once readers are sent on, for ever.
CREATE FUNCTION claims_guard_merging(was claims_claim, made claims_claim) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF was.merged_into_id IS NOT DISTINCT FROM made.merged_into_id THEN
        IF was.merged_into_id IS NOT NULL THEN
            RAISE EXCEPTION 'a suppressed or merged claim is not changed'
                USING ERRCODE = 'check_violation';
        END IF;
    ELSIF was.merged_into_id IS NOT NULL THEN
        IF made.merged_into_id IS NOT NULL OR EXISTS (
            SELECT FROM claims_release WHERE claim_id = was.id AND kind = 'merge')
        THEN
            RAISE EXCEPTION 'readers are sent on already: the merge stays'
                USING ERRCODE = 'check_violation';
        END IF;
    ELSE
        -- Locked, so that two claims cannot be merged into each other at the same moment.
        PERFORM FROM claims_claim WHERE id = made.merged_into_id
            AND merged_into_id IS NULL AND suppressed_at IS NULL FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a claim is merged into one that stands by itself'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
END $$;

CREATE FUNCTION claims_guard_claim() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gap text;
BEGIN
    IF pg_trigger_depth() > 1 THEN
        RETURN NEW;
    END IF;
    PERFORM claims_actor();
    IF TG_OP = 'INSERT' THEN
        IF (NEW.state, NEW.version, NEW.frozen_version, NEW.edition) <> ('draft', 1, 0, 0)
            OR NEW.suppressed_at IS NOT NULL OR NEW.merged_into_id IS NOT NULL
        THEN
            RAISE EXCEPTION 'a claim begins as a draft, version 1, without editions'
                USING ERRCODE = 'check_violation';
        END IF;
        NEW.change_id := claims_change();
        NEW.created_at := clock_timestamp();
        NEW.changed_at := NEW.created_at;
        RETURN NEW;
    END IF;
    IF OLD.suppressed_at IS NOT NULL THEN
        RAISE EXCEPTION 'a suppressed claim is not changed' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.id, NEW.public_id, NEW.version, NEW.frozen_version, NEW.edition, NEW.created_at,
            NEW.suppressed_at)
        IS DISTINCT FROM
        (OLD.id, OLD.public_id, OLD.version, OLD.frozen_version, OLD.edition, OLD.created_at,
            OLD.suppressed_at)
    THEN
        RAISE EXCEPTION 'ids, versions and edition numbers are not set by hand'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.language, NEW.claimant_id, NEW.confidence, NEW.verdict, NEW.verdict_scale,
            NEW.stated_change, NEW.stated_change_unit, NEW.stated_change_bound,
            NEW.allegation_about_id, NEW.review_by, NEW.change_kind, NEW.first_rebuttals,
            NEW.merged_into_id)
        IS DISTINCT FROM
        (OLD.language, OLD.claimant_id, OLD.confidence, OLD.verdict, OLD.verdict_scale,
            OLD.stated_change, OLD.stated_change_unit, OLD.stated_change_bound,
            OLD.allegation_about_id, OLD.review_by, OLD.change_kind, OLD.first_rebuttals,
            OLD.merged_into_id)
    THEN
        PERFORM claims_guard_merging(OLD, NEW);
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
        IF NEW.merged_into_id IS NOT NULL THEN
            RAISE EXCEPTION 'a merged claim takes no step' USING ERRCODE = 'check_violation';
        END IF;
        -- approved and published follow from an approval and an edition, published also from
        -- changes that were taken back.
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
        ELSIF NEW.state = 'published' AND OLD.state IN ('draft', 'changes_requested')
            AND OLD.edition > 0
        THEN
            IF NOT claims_equals_edition(NEW.id) THEN
                RAISE EXCEPTION 'the working copy is not what its newest edition says'
                    USING ERRCODE = 'check_violation';
            END IF;
            NEW.frozen_version := NEW.version;
            NEW.change_id := NULL;
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

-- An edge is written against an edition that exists; none yet means edition 1.
CREATE FUNCTION claims_guard_edge() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    target record;
BEGIN
    -- Locked, so that it is not merged into another at the same moment.
    SELECT greatest(edition, 1) AS newest, merged_into_id INTO target
        FROM claims_claim WHERE id = NEW.target_id FOR SHARE;
    IF NEW.target_edition > target.newest THEN
        RAISE EXCEPTION 'the claim it rebuts has no such edition'
            USING ERRCODE = 'check_violation';
    END IF;
    IF target.merged_into_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.target_id <> OLD.target_id)
    THEN
        RAISE EXCEPTION 'the claim it rebuts is merged into another'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE ON claims_rebuttal
    FOR EACH ROW EXECUTE FUNCTION claims_guard_edge();

-- A chain leads over positions 1, 2, … and meets no source twice, the cited one included.
CREATE FUNCTION claims_check_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    citation bigint := coalesce(to_jsonb(NEW), to_jsonb(OLD)) ->>
        CASE TG_TABLE_NAME WHEN 'claims_relay' THEN 'citation_id' ELSE 'id' END;
BEGIN
    IF EXISTS (
        SELECT FROM claims_citation ci JOIN claims_relay r ON r.citation_id = ci.id
        WHERE ci.id = citation AND r.source_id = ci.source_id)
    THEN
        RAISE EXCEPTION 'a source appears only once in a chain of relays'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT count(*) <> coalesce(max(position), 0) FROM claims_relay WHERE citation_id = citation)
    THEN
        RAISE EXCEPTION 'the chain of relays has a gap' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER c_chain AFTER INSERT OR UPDATE OR DELETE ON claims_relay
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION claims_check_chain();
CREATE CONSTRAINT TRIGGER c_chain AFTER UPDATE ON claims_citation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION claims_check_chain();
