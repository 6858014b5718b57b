-- Tips: what readers send in. The only public write (DESIGN 2): the login `counterclaim_tips` may
-- execute `tips.receive_tip` and nothing else.

-- What was counted on days gone by, and the salt under which, are thrown away: by the first tip of a
-- day, and by the worker where none comes.
CREATE FUNCTION claims_forget_places() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM claims_tipsalt WHERE day < (clock_timestamp() AT TIME ZONE 'UTC')::date;
    DELETE FROM claims_tipcount WHERE day < (clock_timestamp() AT TIME ZONE 'UTC')::date;
$$;

-- Says what came of it: `received`; `too_many` from one place today; `full` while more wait than
-- people can look at; `unknown` where readers see no such claim. The address is hashed under a salt
-- of the day and not kept. Raises check_violation, with the constraint's name and nothing of what was
-- sent (the server logs errors), for what no tip may be.
CREATE FUNCTION tips.receive_tip(
    kind text, claim text, number integer, language text, content text, url text, contact text,
    address inet)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    from_one_place CONSTANT integer := 10;
    waiting CONSTANT integer := 1000;
    today date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
    about bigint;
    so_far integer;
    hashed bytea;
    broken text;
BEGIN
    PERFORM FROM claims_lock WHERE name = 'tips' FOR UPDATE;
    IF $1 <> 'claim' THEN
        SELECT claim_key INTO about FROM claims_publishededition p
            WHERE p.claim = $2 AND p.number = $3 AND p.readable @> clock_timestamp();
        IF about IS NULL THEN
            RETURN 'unknown';
        END IF;
    END IF;
    IF (SELECT count(*) FROM (
            SELECT FROM claims_tip WHERE closed_at IS NULL LIMIT waiting) open) = waiting
    THEN
        RETURN 'full';
    END IF;
    PERFORM claims_forget_places();
    INSERT INTO claims_tipsalt (day, salt)
        VALUES (today, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
        ON CONFLICT DO NOTHING;
    -- Who has one IPv6 address has the 2⁶⁴ beside it.
    SELECT sha256(salt || convert_to(host(network(
            set_masklen(address, CASE family(address) WHEN 6 THEN 64 ELSE 32 END))), 'UTF8'))
        INTO hashed FROM claims_tipsalt WHERE day = today;
    INSERT INTO claims_tipcount AS c (day, place, count) VALUES (today, hashed, 1)
        ON CONFLICT (day, place) DO UPDATE SET count = c.count + 1
        WHERE c.count < from_one_place
        RETURNING c.count INTO so_far;
    IF so_far IS NULL THEN
        RETURN 'too_many';
    END IF;
    BEGIN
        INSERT INTO claims_tip
            (kind, claim_id, number, language, text, url, contact, outcome, reason)
            VALUES ($1, about, CASE WHEN about IS NOT NULL THEN $3 END, $4, $5, $6, $7, '', '');
    EXCEPTION WHEN integrity_constraint_violation THEN
        GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME;
        RAISE EXCEPTION 'no tip may be like that: %', broken USING ERRCODE = 'check_violation';
    END;
    RETURN 'received';
END $$;

-- What a reader wrote stays as it is, but for the contact, which can only go; closed is closed.
CREATE FUNCTION claims_guard_tip() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    movable text[] := ARRAY['contact', 'handler_id', 'led_to_id', 'outcome', 'reason', 'closed_at',
        'closed_by_id'];
BEGIN
    IF pg_trigger_depth() > 1 THEN  -- a suppression
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - movable <> to_jsonb(OLD) - movable
        OR NEW.contact NOT IN ('', OLD.contact)
    THEN
        RAISE EXCEPTION 'what a reader wrote is not changed' USING ERRCODE = 'check_violation';
    END IF;
    IF to_jsonb(NEW) - 'contact' <> to_jsonb(OLD) - 'contact' THEN
        PERFORM claims_actor();
        IF OLD.closed_at IS NOT NULL THEN
            RAISE EXCEPTION 'a closed tip is not taken up again' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.led_to_id IS DISTINCT FROM OLD.led_to_id AND OLD.led_to_id IS NOT NULL THEN
            RAISE EXCEPTION 'a tip leads to one draft' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.closed_at IS NOT NULL THEN
            PERFORM claims_in_own_name(NEW.closed_by_id, 'close tips');
            NEW.closed_at := clock_timestamp();
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER a_guard BEFORE UPDATE ON claims_tip
    FOR EACH ROW EXECUTE FUNCTION claims_guard_tip();

CREATE FUNCTION claims_guard_tip_answer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM claims_in_own_name(NEW.author_id, 'answer');
    IF NOT EXISTS (SELECT FROM claims_tip WHERE id = NEW.tip_id AND contact <> '') THEN
        RAISE EXCEPTION 'who sent this tip left no address' USING ERRCODE = 'check_violation';
    END IF;
    NEW.made_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT ON claims_tipanswer
    FOR EACH ROW EXECUTE FUNCTION claims_guard_tip_answer();
