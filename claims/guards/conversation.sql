-- The newsroom's conversation: people speak in their own name, and nothing that was said is changed.

CREATE FUNCTION claims_guard_comment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM claims_in_own_name(NEW.author_id, 'comment');
    IF EXISTS (SELECT FROM claims_claim WHERE id = NEW.claim_id AND suppressed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a suppressed claim is not talked about' USING ERRCODE = 'check_violation';
    END IF;
    NEW.made_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT ON claims_comment
    FOR EACH ROW EXECUTE FUNCTION claims_guard_comment();
