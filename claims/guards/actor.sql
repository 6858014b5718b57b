-- Who acts, and what every guard shares.
--
-- Functions name their schema in a fixed search path, temporary objects last, so that no session can
-- slip a table of its own under them. None reads a setting that would switch it off.

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

-- Who a row says did something is who does it.
CREATE FUNCTION claims_in_own_name(named bigint, doing text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF named IS DISTINCT FROM claims_actor() THEN
        RAISE EXCEPTION 'people % in their own name', doing USING ERRCODE = 'check_violation';
    END IF;
END $$;

-- Whether a text shows nothing: white space and invisible characters are no words
-- (`claims.validators.UNSEEN`; a test compares the two).
CREATE FUNCTION claims_is_blank(content text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce(content, '') !~
        '[^\s\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]'
$$;

-- Locks of the door: rows that nobody but the owner's functions can reach, so that no other login
-- can hold them (an advisory lock is everybody's).
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

-- Columns of texts by language (name, longest text, …): an object of language tags and lines.
CREATE FUNCTION claims_guard_by_language() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    texts jsonb;
BEGIN
    FOR argument IN 0 .. TG_NARGS - 1 BY 2 LOOP
        texts := to_jsonb(NEW) -> TG_ARGV[argument];
        IF jsonb_typeof(texts) <> 'object' OR EXISTS (
            SELECT FROM jsonb_each(texts)
            WHERE key !~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'
                OR jsonb_typeof(value) <> 'string'
                OR length(value #>> '{}') > TG_ARGV[argument + 1]::integer
                OR claims_is_blank(value #>> '{}')
                OR value #>> '{}' ~ '[\u0001-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]')
        THEN
            RAISE EXCEPTION '% holds a line of words for each language', TG_ARGV[argument]
                USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

CREATE TRIGGER a_by_language BEFORE INSERT OR UPDATE ON claims_topic
    FOR EACH ROW EXECUTE FUNCTION claims_guard_by_language('names', '200');
CREATE TRIGGER a_by_language BEFORE INSERT OR UPDATE ON claims_figure
    FOR EACH ROW EXECUTE FUNCTION claims_guard_by_language('labels', '200', 'units', '60');
