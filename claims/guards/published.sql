-- The published tables are written by triggers alone, and only windows and what a re-check
-- moves ever change. Standings ahead are replaced when they are computed anew; a suppression
-- leaves empty texts.
CREATE FUNCTION claims_guard_published() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    movable text[] := ARRAY['current', 'readable', 'opened_at', 'shown', 'during', 'review_by',
        'rechecked_at'];
BEGIN
    IF pg_trigger_depth() = 1
        OR TG_OP = 'DELETE' AND TG_TABLE_NAME <> 'claims_publishedstanding'
        OR TG_OP = 'UPDATE' AND to_jsonb(NEW) - movable <> to_jsonb(OLD) - movable
            AND coalesce(to_jsonb(NEW) -> 'document', to_jsonb(NEW) -> 'notice') <> '{}'
    THEN
        RAISE EXCEPTION 'what is published is not changed by hand: % refused', TG_OP
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['edition', 'edge', 'mention', 'notice', 'standing'] LOOP
        EXECUTE format('CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE'
            ' ON claims_published%s FOR EACH ROW EXECUTE FUNCTION claims_guard_published()', name);
    END LOOP;
END $$;
