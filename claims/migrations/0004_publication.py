"""Documents, approvals, editions and windows: the door's own half in the database (DESIGN 2, 3, 5).

The document is built here and nowhere else, so that what is approved, what is frozen and what is
published cannot differ. Its canonical text is PostgreSQL's `jsonb` text (`document.canonical` is
the same in Python); its digest is the SHA-256 of that text in UTF-8.
"""

from django.db import migrations

DOCUMENT = """
CREATE FUNCTION claims_digest(content text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT encode(sha256(convert_to(content, 'UTF8')), 'hex')
$$;

CREATE FUNCTION claims_party_shown(party bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'id', p.public_id,
        'kind', p.kind,
        'names', coalesce(
            (SELECT jsonb_object_agg(n.language, n.name) FROM claims_partyname n
             WHERE n.party_id = p.id), '{}')
    ) FROM claims_party p WHERE p.id = party
$$;

CREATE FUNCTION claims_document(claim bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'format', 1,
        'claim', c.public_id,
        'language', c.language,
        'claimant', claims_party_shown(c.claimant_id),
        'confidence', c.confidence,
        'change', c.change_kind,
        'texts', (
            SELECT jsonb_object_agg(t.language, jsonb_build_object(
                'statement', t.statement,
                'attribution', t.attribution,
                'reason', t.reason,
                'unknowns', t.unknowns,
                'would_change', t.would_change,
                'change_note', t.change_note))
            FROM claims_claimtext t WHERE t.claim_id = c.id),
        'citations', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'stance', ci.stance,
                'quotation', ci.quotation,
                'locator', ci.locator,
                'source', jsonb_build_object(
                    'id', s.public_id,
                    'title', s.title,
                    'language', s.language,
                    'kind', s.kind,
                    'publisher', claims_party_shown(s.publisher_id),
                    'url', s.url,
                    'published_on', s.published_on,
                    'date_precision', s.date_precision,
                    'seen', s.seen)) ORDER BY ci.id)
            FROM claims_citation ci JOIN claims_source s ON s.id = ci.source_id
            WHERE ci.claim_id = c.id), '[]'),
        'rebuts', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'claim', target.public_id,
                'edition', r.target_edition,
                'ground', r.ground,
                'opposer', r.opposer) ORDER BY r.id)
            FROM claims_rebuttal r JOIN claims_claim target ON target.id = r.target_id
            WHERE r.counterclaim_id = c.id), '[]')
    )::text FROM claims_claim c WHERE c.id = claim
$$;

-- What a document asserts: whatever of this differs is no minor change.
CREATE FUNCTION claims_material(document jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT document - 'texts' - 'change' || jsonb_build_object('texts', (
        SELECT jsonb_object_agg(key, jsonb_build_object(
            'statement', value ->> 'statement', 'attribution', value ->> 'attribution'))
        FROM jsonb_each(document -> 'texts')))
$$;

CREATE FUNCTION claims_sources_of(claim bigint) RETURNS SETOF claims_source
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT * FROM claims_source WHERE id IN (
        SELECT source_id FROM claims_citation WHERE claim_id = claim)
$$;

CREATE FUNCTION claims_parties_of(claim bigint) RETURNS SETOF claims_party
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT * FROM claims_party WHERE id IN (
        SELECT claimant_id FROM claims_claim WHERE id = claim
        UNION SELECT publisher_id FROM claims_sources_of(claim))
$$;

-- Whether this person changed anything in the document since an edition last froze it.
CREATE FUNCTION claims_contributed(person bigint, claim bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM claims_contribution k JOIN (
            SELECT 'claim' AS record, id, frozen_version FROM claims_claim WHERE id = claim
            UNION ALL SELECT 'party', id, frozen_version FROM claims_parties_of(claim)
            UNION ALL SELECT 'source', id, frozen_version FROM claims_sources_of(claim)
        ) shown ON k.record = shown.record AND k.record_id = shown.id
        WHERE k.user_id = person AND k.version > shown.frozen_version)
$$;

CREATE FUNCTION claims_policy_in_force() RETURNS claims_policy
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT * FROM claims_policy ORDER BY id DESC LIMIT 1
$$;
"""

APPROVAL = """
CREATE FUNCTION claims_guard_approval() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c claims_claim;
BEGIN
    SELECT * INTO c FROM claims_claim WHERE id = NEW.claim_id FOR UPDATE;
    -- Until this transaction ends, nobody changes what the document shows.
    PERFORM FROM claims_party p WHERE p.id IN (SELECT id FROM claims_parties_of(c.id))
        ORDER BY p.id FOR SHARE;
    PERFORM FROM claims_source s WHERE s.id IN (SELECT id FROM claims_sources_of(c.id))
        ORDER BY s.id FOR SHARE;
    IF NEW.approver_id IS DISTINCT FROM claims_actor() THEN
        RAISE EXCEPTION 'people approve in their own name' USING ERRCODE = 'check_violation';
    END IF;
    IF c.state IS DISTINCT FROM 'in_review' THEN
        RAISE EXCEPTION 'only a claim in review can be approved' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.version <> c.version THEN
        RAISE EXCEPTION 'version % is approved, but the claim is at version %',
            NEW.version, c.version
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.document_digest <> claims_digest(claims_document(c.id)) THEN
        RAISE EXCEPTION 'the digest is not that of the claim''s document'
            USING ERRCODE = 'check_violation';
    END IF;
    IF (claims_policy_in_force()).four_eyes AND claims_contributed(NEW.approver_id, c.id) THEN
        RAISE EXCEPTION 'who contributed to a claim cannot approve it'
            USING ERRCODE = 'check_violation';
    END IF;
    NEW.id := nextval(pg_get_serial_sequence('claims_approval', 'id'));
    NEW.made_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE FUNCTION claims_approved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- The running change ends here: what follows raises the version again.
    UPDATE claims_claim SET state = 'approved', change_id = NULL, changed_at = clock_timestamp()
        WHERE id = NEW.claim_id;
    RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT ON claims_approval
    FOR EACH ROW EXECUTE FUNCTION claims_guard_approval();
CREATE TRIGGER b_approved AFTER INSERT ON claims_approval
    FOR EACH ROW EXECUTE FUNCTION claims_approved();
"""

EDITION = """
CREATE FUNCTION claims_chain_digest(e claims_edition) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT claims_digest(concat_ws(E'\\n',
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
    IF NEW.publisher_id IS DISTINCT FROM claims_actor() THEN
        RAISE EXCEPTION 'people publish in their own name' USING ERRCODE = 'check_violation';
    END IF;
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
    IF (a.claim_id, a.version, a.document_digest)
        IS DISTINCT FROM (c.id, c.version, made.document_digest)
        OR a.id <> (SELECT max(id) FROM claims_approval WHERE claim_id = c.id)
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
BEGIN
    INSERT INTO claims_publishededition (edition_id, claim_key, claim, number, kind, confidence,
        is_counterclaim, document, document_digest, previous_digest, digest, four_eyes, made_at,
        current, readable)
    SELECT NEW.id, NEW.claim_id, doc ->> 'claim', NEW.number, NEW.kind, doc ->> 'confidence',
        jsonb_array_length(doc -> 'rebuts') > 0, doc, NEW.document_digest, NEW.previous_digest,
        NEW.digest, p.four_eyes, NEW.made_at, 'empty', 'empty'
    FROM claims_policy p WHERE p.id = NEW.policy_id;
    INSERT INTO claims_publishededge
        (edition_id, counterclaim, target, ground, opposer, target_edition, confidence)
    SELECT NEW.id, doc ->> 'claim', edge ->> 'claim', edge ->> 'ground', edge ->> 'opposer',
        (edge ->> 'edition')::integer, doc ->> 'confidence'
    FROM jsonb_array_elements(doc -> 'rebuts') edge;
    UPDATE claims_party SET frozen_version = version
        WHERE id IN (SELECT id FROM claims_parties_of(NEW.claim_id));
    UPDATE claims_source SET frozen_version = version
        WHERE id IN (SELECT id FROM claims_sources_of(NEW.claim_id));
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
"""

RELEASE = """
ALTER TABLE claims_publishededition ADD CONSTRAINT publishededition_one_current
    EXCLUDE USING gist (int8range(claim_key, claim_key, '[]') WITH &&, current WITH &&);
ALTER TABLE claims_publishededition ADD CONSTRAINT publishededition_current_is_readable
    CHECK (current <@ readable);

CREATE FUNCTION claims_guard_release() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM claims_lock_publishing();
    IF NEW.actor_id IS DISTINCT FROM claims_actor() THEN
        RAISE EXCEPTION 'people release in their own name' USING ERRCODE = 'check_violation';
    END IF;
    NEW.id := nextval(pg_get_serial_sequence('claims_release', 'id'));
    NEW.made_at := clock_timestamp();
    IF NEW.kind = 'schedule' THEN
        IF NEW.opens_at <= NEW.made_at OR NEW.opens_at > NEW.made_at + interval '10 years' THEN
            RAISE EXCEPTION 'a scheduled moment lies in the future, within ten years'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (
            SELECT FROM claims_publishededition p JOIN claims_claim c ON c.id = p.claim_key
            WHERE p.edition_id = NEW.edition_id AND p.claim_key = NEW.claim_id
                AND p.number = c.edition AND p.opened_at IS NULL
                AND NOT EXISTS (SELECT FROM claims_release r WHERE r.edition_id = NEW.edition_id))
        THEN
            RAISE EXCEPTION 'only the claim''s newest edition can be opened, and once'
                USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NOT EXISTS (
        SELECT FROM claims_publishededition p
        WHERE p.claim_key = NEW.claim_id AND upper_inf(p.current))
    THEN
        RAISE EXCEPTION 'there is nothing to withdraw' USING ERRCODE = 'check_violation';
    ELSIF claims_is_blank(NEW.reason)
        OR jsonb_typeof(NEW.notice) <> 'object'
        OR NOT EXISTS (SELECT FROM jsonb_each(NEW.notice))
        OR EXISTS (SELECT FROM jsonb_each(NEW.notice) WHERE jsonb_typeof(value) <> 'string'
            OR claims_is_blank(value #>> '{}'))
    THEN
        RAISE EXCEPTION 'a withdrawal needs a reason, and a notice to readers in words'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- The only place where windows move.
CREATE FUNCTION claims_move_windows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    moment timestamptz := coalesce(NEW.opens_at, NEW.made_at);
    name text := (SELECT public_id FROM claims_claim WHERE id = NEW.claim_id);
BEGIN
    IF NEW.kind = 'schedule' THEN
        UPDATE claims_publishededition SET current = tstzrange(lower(current), moment)
            WHERE claim_key = NEW.claim_id AND upper_inf(current);
        UPDATE claims_publishednotice SET shown = tstzrange(lower(shown), moment)
            WHERE claim = name AND upper_inf(shown);
        UPDATE claims_publishededition
            SET current = tstzrange(moment, NULL), readable = tstzrange(moment, NULL),
                opened_at = moment
            WHERE edition_id = NEW.edition_id;
    ELSE
        UPDATE claims_publishededition SET
            current = claims_ended(current, moment),
            readable = claims_ended(readable, moment),
            opened_at = CASE WHEN opened_at < moment THEN opened_at END
            WHERE claim_key = NEW.claim_id;
        -- What was approved before has to be looked at again.
        UPDATE claims_claim SET state = 'in_review', changed_at = clock_timestamp()
            WHERE id = NEW.claim_id AND state = 'approved';
        INSERT INTO claims_publishednotice (release_id, claim, notice, made_at, shown)
            VALUES (NEW.id, name, NEW.notice, NEW.made_at, tstzrange(moment, NULL));
    END IF;
    RETURN NULL;
END $$;

-- A window that ends at `moment` at the latest; one that would open later never opens.
CREATE FUNCTION claims_ended(span tstzrange, moment timestamptz) RETURNS tstzrange
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN lower(span) < moment
        THEN tstzrange(lower(span), least(upper(span), moment)) ELSE 'empty' END
$$;

-- At the end of the transaction, so that claims published in one call may rebut each other.
CREATE FUNCTION claims_check_targets() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.kind = 'schedule' AND EXISTS (
        SELECT FROM claims_publishededge e
        JOIN claims_publishededition p ON p.edition_id = e.edition_id
        WHERE p.edition_id = NEW.edition_id AND NOT EXISTS (
            SELECT FROM claims_publishededition t
            WHERE t.claim = e.target
                AND t.current @> greatest(p.opened_at, clock_timestamp())))
    THEN
        RAISE EXCEPTION 'a claim that this one rebuts will not be open to readers by then'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

-- The published tables are written by the triggers above, and only their windows ever change.
CREATE FUNCTION claims_guard_published() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR pg_trigger_depth() = 1
        OR TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['current', 'readable', 'opened_at', 'shown']
            <> to_jsonb(OLD) - ARRAY['current', 'readable', 'opened_at', 'shown']
    THEN
        RAISE EXCEPTION 'what is published is not changed by hand: % refused', TG_OP
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT ON claims_release
    FOR EACH ROW EXECUTE FUNCTION claims_guard_release();
CREATE TRIGGER b_move_windows AFTER INSERT ON claims_release
    FOR EACH ROW EXECUTE FUNCTION claims_move_windows();
CREATE CONSTRAINT TRIGGER c_targets AFTER INSERT ON claims_release
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION claims_check_targets();
"""

PUBLISHED = ["claims_publishededition", "claims_publishededge", "claims_publishednotice"]


def guards_of_published() -> str:
    return "\n".join(
        f"CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION claims_guard_published();"
        f"CREATE TRIGGER a_no_truncate BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION claims_refuse();"
        for table in PUBLISHED
    )


class Migration(migrations.Migration):
    dependencies = [("claims", "0003_working_copy")]

    operations = [
        migrations.RunSQL(
            [
                "SET LOCAL check_function_bodies = off",
                DOCUMENT,
                APPROVAL,
                EDITION,
                RELEASE,
                guards_of_published(),
            ],
        ),
    ]
