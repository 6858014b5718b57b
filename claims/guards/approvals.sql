-- Approvals: of exactly the document that readers will see, by somebody who did not write it.

CREATE FUNCTION claims_guard_approval() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c claims_claim;
    withdrawn claims_release;
BEGIN
    SELECT * INTO c FROM claims_claim WHERE id = NEW.claim_id FOR UPDATE;
    PERFORM claims_in_own_name(NEW.approver_id, 'approve');
    NEW.id := nextval(pg_get_serial_sequence('claims_approval', 'id'));
    NEW.made_at := clock_timestamp();
    IF NEW.reinstates_id IS NOT NULL THEN
        withdrawn := claims_withdrawal_of(NEW.reinstates_id);
        IF withdrawn.claim_id IS DISTINCT FROM NEW.claim_id OR NOT EXISTS (
            SELECT FROM claims_edition
            WHERE id = NEW.reinstates_id AND document_digest = NEW.document_digest)
        THEN
            RAISE EXCEPTION 'only the edition that was withdrawn can be approved for its return'
                USING ERRCODE = 'check_violation';
        END IF;
        IF (claims_policy_in_force()).four_eyes AND NEW.approver_id = withdrawn.actor_id THEN
            RAISE EXCEPTION 'who withdrew a claim cannot approve its return'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    -- Until this transaction ends, nobody changes what the document shows.
    PERFORM FROM claims_party p WHERE p.id IN (SELECT id FROM claims_parties_of(c.id))
        ORDER BY p.id FOR SHARE;
    PERFORM FROM claims_source s WHERE s.id IN (SELECT id FROM claims_sources_of(c.id))
        ORDER BY s.id FOR SHARE;
    PERFORM FROM claims_topic t WHERE t.id IN (SELECT id FROM claims_topics_of(c.id))
        ORDER BY t.id FOR SHARE;
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
    RETURN NEW;
END $$;

CREATE FUNCTION claims_approved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- The running change ends here: what follows raises the version again.
    UPDATE claims_claim SET state = 'approved', change_id = NULL, changed_at = clock_timestamp()
        WHERE id = NEW.claim_id AND NEW.reinstates_id IS NULL;
    RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT ON claims_approval
    FOR EACH ROW EXECUTE FUNCTION claims_guard_approval();
CREATE TRIGGER b_approved AFTER INSERT ON claims_approval
    FOR EACH ROW EXECUTE FUNCTION claims_approved();
