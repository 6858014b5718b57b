-- Parties, sources and topics are shown by many claims: a change voids the approvals that rest on
-- them and leaves what is published behind (DESIGN 2 and 3).

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

-- What the working copy of a claim shows.
CREATE FUNCTION claims_sources_of(claim bigint) RETURNS SETOF claims_source
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT * FROM claims_source WHERE id IN (
        SELECT source_id FROM claims_citation WHERE claim_id = claim
        UNION SELECT r.source_id FROM claims_relay r
            JOIN claims_citation ci ON ci.id = r.citation_id WHERE ci.claim_id = claim)
$$;

CREATE FUNCTION claims_parties_of(claim bigint) RETURNS SETOF claims_party
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT * FROM claims_party WHERE id IN (
        SELECT claimant_id FROM claims_claim WHERE id = claim
        UNION SELECT allegation_about_id FROM claims_claim WHERE id = claim
        UNION SELECT party_id FROM claims_replyrequest WHERE claim_id = claim
        UNION SELECT publisher_id FROM claims_sources_of(claim))
$$;

CREATE FUNCTION claims_topics_of(claim bigint) RETURNS SETOF claims_topic
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT * FROM claims_topic WHERE id IN (
        SELECT topic_id FROM claims_claim_topics WHERE claim_id = claim)
$$;

-- The claims whose working copies show a record of this kind.
CREATE FUNCTION claims_showing(kind text, record bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH works AS (
        SELECT id FROM claims_source
        WHERE CASE $1 WHEN 'source' THEN id = $2 WHEN 'party' THEN publisher_id = $2 END
    )
    SELECT claim_id FROM claims_citation WHERE source_id IN (SELECT id FROM works)
    UNION SELECT claims_claim_of(citation_id) FROM claims_relay
        WHERE source_id IN (SELECT id FROM works)
    UNION SELECT id FROM claims_claim
        WHERE kind = 'party' AND (claimant_id = record OR allegation_about_id = record)
    UNION SELECT claim_id FROM claims_replyrequest WHERE kind = 'party' AND party_id = record
    UNION SELECT claim_id FROM claims_claim_topics WHERE kind = 'topic' AND topic_id = record
$$;

-- The claims whose newest editions, open or to come, show the record with this public id in another
-- way.
CREATE FUNCTION claims_showing_otherwise(record text, shown uuid) RETURNS SETOF bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT DISTINCT c.id FROM claims_publishedmention m
    JOIN claims_publishededition p ON p.edition_id = m.edition_id
    JOIN claims_claim c ON c.id = p.claim_key AND c.edition = p.number
    WHERE m.record = $1 AND m.shown_hash <> $2 AND upper_inf(p.current)
        -- every role, so that the index serves
        AND m.role IN ('topic', 'claimant', 'asked', 'publisher', 'source', 'relay')
$$;

-- Whatever shows the record another way than it is shown by now is behind. Many claims may show it:
-- a hash each was kept when its edition was made.
CREATE FUNCTION claims_shared_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    shown uuid;
BEGIN
    IF NEW.version = OLD.version THEN
        RETURN NULL;
    END IF;
    UPDATE claims_claim SET state = 'in_review', changed_at = clock_timestamp()
        WHERE state = 'approved' AND id IN (
            SELECT claims_showing(substr(TG_TABLE_NAME, length('claims_') + 1), NEW.id));
    shown := claims_shown_hash(CASE TG_TABLE_NAME
        WHEN 'claims_party' THEN claims_party_shown(NEW.id)
        WHEN 'claims_source' THEN claims_source_shown(NEW.id)
        ELSE claims_topic_shown(NEW.id) END);
    DELETE FROM claims_behind b WHERE b.record = NEW.public_id AND NOT EXISTS (
        SELECT FROM claims_showing_otherwise(NEW.public_id, shown) claim WHERE claim = b.claim_id);
    INSERT INTO claims_behind (claim_id, record, since)
        SELECT claim, NEW.public_id, clock_timestamp()
        FROM claims_showing_otherwise(NEW.public_id, shown) claim
        ON CONFLICT (record, claim_id) DO NOTHING;
    RETURN NULL;
END $$;

-- A decision opened or closed the claim to readers: is what they see behind?
CREATE FUNCTION claims_look_behind(claim bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM claims_behind WHERE claim_id = $1;
    INSERT INTO claims_behind (claim_id, record, since)
    SELECT DISTINCT c.id, m.record, clock_timestamp()
    FROM claims_claim c
    JOIN claims_publishededition p ON p.claim_key = c.id AND p.number = c.edition
    JOIN claims_publishedmention m ON m.edition_id = p.edition_id
    WHERE c.id = $1 AND upper_inf(p.current) AND m.shown_hash <> claims_shown_hash(CASE
        WHEN m.role IN ('source', 'relay') THEN claims_source_shown(
            (SELECT s.id FROM claims_source s WHERE s.public_id = m.record))
        WHEN m.role = 'topic' THEN claims_topic_shown(
            (SELECT t.id FROM claims_topic t WHERE t.public_id = m.record))
        ELSE claims_party_shown((SELECT q.id FROM claims_party q WHERE q.public_id = m.record))
    END)
$$;

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

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['party', 'source', 'topic'] LOOP
        EXECUTE format('CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE ON claims_%s'
            ' FOR EACH ROW EXECUTE FUNCTION claims_guard_shared()', name);
        EXECUTE format('CREATE TRIGGER b_recorded AFTER INSERT ON claims_%s'
            ' FOR EACH ROW EXECUTE FUNCTION claims_recorded()', name);
        EXECUTE format('CREATE TRIGGER c_shared_changed AFTER UPDATE ON claims_%s'
            ' FOR EACH ROW EXECUTE FUNCTION claims_shared_changed()', name);
        EXECUTE format('CREATE TRIGGER a_guard_delete BEFORE DELETE ON claims_%s'
            ' FOR EACH ROW EXECUTE FUNCTION claims_guard_delete()', name);
    END LOOP;
END $$;
