-- Editions: numbered, chained, frozen with all that they show (DESIGN 2 and 3).

CREATE FUNCTION claims_chain_digest(e claims_edition) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT claims_digest(concat_ws(E'\n',
        e.previous_digest,
        (SELECT public_id FROM claims_claim WHERE id = e.claim_id),
        e.number,
        e.document_digest,
        e.kind,
        e.approval_id,
        e.policy_id,
        to_char(e.made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')))
$$;

-- Fills in all that an edition is, and refuses whatever was handed in and differs.
CREATE FUNCTION claims_guard_edition() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c claims_claim;
    a claims_approval;
    was jsonb;
    made claims_edition := NEW;
BEGIN
    PERFORM claims_lock_publishing();
    SELECT * INTO c FROM claims_claim WHERE id = NEW.claim_id FOR UPDATE;
    SELECT * INTO a FROM claims_approval WHERE id = NEW.approval_id;
    PERFORM claims_in_own_name(NEW.publisher_id, 'publish');
    IF c.state IS DISTINCT FROM 'approved' THEN
        RAISE EXCEPTION 'only an approved claim can be published' USING ERRCODE = 'check_violation';
    END IF;
    -- Drawn under the lock, so that the order of ids is the order of the chain.
    made.id := nextval(pg_get_serial_sequence('claims_edition', 'id'));
    made.document := claims_document(c.id);
    made.document_digest := claims_digest(made.document);
    made.number := c.edition + 1;
    made.kind := c.change_kind;
    made.policy_id := (claims_policy_in_force()).id;
    made.previous_digest := coalesce(
        (SELECT digest FROM claims_edition ORDER BY id DESC LIMIT 1), repeat('0', 64));
    made.made_at := clock_timestamp();
    -- The newest approval: an earlier one may have been voided, even if its document came back.
    IF (a.claim_id, a.version, a.document_digest, a.reinstates_id)
        IS DISTINCT FROM (c.id, c.version, made.document_digest, NULL::bigint)
        OR a.id <> (SELECT max(id) FROM claims_approval
            WHERE claim_id = c.id AND reinstates_id IS NULL)
    THEN
        RAISE EXCEPTION 'the approval is not of this claim, version and document'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (claims_policy_in_force()).four_eyes AND claims_contributed(a.approver_id, c.id) THEN
        RAISE EXCEPTION 'who contributed to a claim cannot approve it'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM claims_publishededition
               WHERE claim_key = c.id AND lower(current) > clock_timestamp()) THEN
        RAISE EXCEPTION 'an edition of this claim is already scheduled'
            USING ERRCODE = 'check_violation';
    END IF;
    was := claims_last_open(c.id);
    IF (was IS NULL) <> (made.kind = '') THEN
        RAISE EXCEPTION 'a kind of change belongs to an edition that follows one open to readers'
            USING ERRCODE = 'check_violation';
    END IF;
    IF made.kind = 'minor' AND claims_material(was) <> claims_material(made.document::jsonb) THEN
        RAISE EXCEPTION 'a change of what is claimed, cited or rated is not minor'
            USING ERRCODE = 'check_violation';
    END IF;
    made.digest := claims_chain_digest(made);
    -- id and made_at are ours alone; everything else may be left empty or must be right.
    IF coalesce(nullif(NEW.number, 0), made.number) <> made.number
        OR coalesce(NEW.kind, made.kind) NOT IN ('', made.kind)
        OR coalesce(nullif(NEW.document, ''), made.document) <> made.document
        OR coalesce(nullif(NEW.document_digest, ''), made.document_digest) <> made.document_digest
        OR coalesce(NEW.policy_id, made.policy_id) <> made.policy_id
        OR coalesce(nullif(NEW.previous_digest, ''), made.previous_digest) <> made.previous_digest
        OR coalesce(nullif(NEW.digest, ''), made.digest) <> made.digest
    THEN
        RAISE EXCEPTION 'an edition continues the chain with the approved document'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN made;
END $$;

-- Freeze: the working copy equals its newest edition now; the public copy waits for its release.
CREATE FUNCTION claims_publish_copy() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    doc jsonb := NEW.document::jsonb;
    was claims_publishededition;
BEGIN
    SELECT * INTO was FROM claims_publishededition
        WHERE claim_key = NEW.claim_id AND opened_at IS NOT NULL ORDER BY number DESC LIMIT 1;
    INSERT INTO claims_publishededition (edition_id, claim_key, claim, number, kind,
        asserted_since, language, confidence, is_counterclaim, review_by, rechecked_at,
        document, document_digest, previous_digest, digest, four_eyes, made_at, current, readable)
    SELECT NEW.id, NEW.claim_id, doc ->> 'claim', NEW.number, NEW.kind,
        CASE WHEN claims_contested(was.document) = claims_contested(doc)
            THEN was.asserted_since ELSE NEW.number END,
        doc ->> 'language',
        doc ->> 'confidence',
        jsonb_array_length(doc -> 'rebuts') > 0,
        -- A day that was moved by a re-check stays moved until an editor sets another.
        CASE WHEN was.document ->> 'review_by' IS NOT DISTINCT FROM doc ->> 'review_by'
            THEN was.review_by ELSE (doc ->> 'review_by')::date END,
        CASE WHEN was.document ->> 'review_by' IS NOT DISTINCT FROM doc ->> 'review_by'
            THEN was.rechecked_at END,
        doc, NEW.document_digest, NEW.previous_digest, NEW.digest, p.four_eyes, NEW.made_at,
        'empty', 'empty'
    FROM claims_policy p WHERE p.id = NEW.policy_id;
    INSERT INTO claims_publishededge
        (edition_id, counterclaim, target, ground, opposer, target_edition, confidence)
    SELECT NEW.id, doc ->> 'claim', edge ->> 'claim', edge ->> 'ground', edge ->> 'opposer',
        (edge ->> 'edition')::integer, doc ->> 'confidence'
    FROM jsonb_array_elements(doc -> 'rebuts') edge;
    INSERT INTO claims_publishedmention (edition_id, role, record, shown_hash, current)
        SELECT NEW.id, role, record, shown_hash, 'empty' FROM claims_shared_in(doc);
    UPDATE claims_party SET frozen_version = version
        WHERE id IN (SELECT id FROM claims_parties_of(NEW.claim_id));
    UPDATE claims_source SET frozen_version = version
        WHERE id IN (SELECT id FROM claims_sources_of(NEW.claim_id));
    UPDATE claims_topic SET frozen_version = version
        WHERE id IN (SELECT id FROM claims_topics_of(NEW.claim_id));
    UPDATE claims_claimtext SET change_note = ''
        WHERE claim_id = NEW.claim_id AND change_note <> '';
    UPDATE claims_claim SET state = 'published', edition = NEW.number, frozen_version = version,
        change_kind = '', change_id = NULL, changed_at = clock_timestamp()
        WHERE id = NEW.claim_id;
    RETURN NULL;
END $$;

CREATE FUNCTION claims_check_released() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM claims_release WHERE edition_id = NEW.id) THEN
        RAISE EXCEPTION 'an edition is made together with the decision when it opens'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT ON claims_edition
    FOR EACH ROW EXECUTE FUNCTION claims_guard_edition();
CREATE TRIGGER b_publish_copy AFTER INSERT ON claims_edition
    FOR EACH ROW EXECUTE FUNCTION claims_publish_copy();
CREATE CONSTRAINT TRIGGER c_released AFTER INSERT ON claims_edition
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION claims_check_released();

-- "Still holds": append-only, of the edition that readers see now, without a new one.
CREATE FUNCTION claims_guard_recheck() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM claims_lock_publishing();
    PERFORM claims_in_own_name(NEW.actor_id, 're-check');
    NEW.id := nextval(pg_get_serial_sequence('claims_recheck', 'id'));
    NEW.made_at := clock_timestamp();
    IF NOT EXISTS (
        SELECT FROM claims_publishededition WHERE edition_id = NEW.edition_id
            AND claim_key = NEW.claim_id AND current @> NEW.made_at)
    THEN
        RAISE EXCEPTION 'only the edition that readers see is re-checked'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.review_by <= NEW.made_at::date THEN
        RAISE EXCEPTION 'the next re-check lies in the future' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION claims_rechecked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- Also of an edition that waits for its moment, unless an editor set another day in it.
    UPDATE claims_publishededition later
        SET rechecked_at = NEW.made_at, review_by = NEW.review_by
        FROM claims_publishededition one
        WHERE one.edition_id = NEW.edition_id AND later.claim_key = one.claim_key
            AND (later.number = one.number OR later.number > one.number
                AND later.document ->> 'review_by'
                    IS NOT DISTINCT FROM one.document ->> 'review_by');
    RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT ON claims_recheck
    FOR EACH ROW EXECUTE FUNCTION claims_guard_recheck();
CREATE TRIGGER b_rechecked AFTER INSERT ON claims_recheck
    FOR EACH ROW EXECUTE FUNCTION claims_rechecked();
