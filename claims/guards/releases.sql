-- Releases: the append-only decisions that move windows, and nothing else does (DESIGN 2).

-- The withdrawal behind which an edition could return to readers: it was the one they saw, and
-- nothing was decided since; NULL otherwise.
CREATE FUNCTION claims_withdrawal_of(edition bigint) RETURNS claims_release
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.* FROM claims_publishededition p
    CROSS JOIN LATERAL (
        SELECT * FROM claims_release WHERE claim_id = p.claim_key AND kind <> 'request_suppression'
        ORDER BY id DESC LIMIT 1) r
    WHERE p.edition_id = edition AND r.kind = 'withdraw'
        AND p.number = (SELECT max(number) FROM claims_publishededition
            WHERE claim_key = p.claim_key AND NOT isempty(readable))
$$;

CREATE FUNCTION claims_guard_release() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p claims_publishededition;
    last_of_edition text;
    withdrawn claims_release;
BEGIN
    PERFORM claims_lock_publishing();
    PERFORM claims_in_own_name(NEW.actor_id, 'release');
    NEW.id := nextval(pg_get_serial_sequence('claims_release', 'id'));
    NEW.made_at := clock_timestamp();
    IF EXISTS (SELECT FROM claims_claim WHERE id = NEW.claim_id AND suppressed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a suppressed claim is not released' USING ERRCODE = 'check_violation';
    END IF;
    SELECT * INTO p FROM claims_publishededition
        WHERE edition_id = NEW.edition_id AND claim_key = NEW.claim_id;
    IF NEW.kind IN ('schedule', 'move')
        AND (NEW.opens_at <= NEW.made_at OR NEW.opens_at > NEW.made_at + interval '10 years')
    THEN
        RAISE EXCEPTION 'a scheduled moment lies in the future, within ten years'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'schedule' THEN
        SELECT kind INTO last_of_edition FROM claims_release
            WHERE edition_id = NEW.edition_id ORDER BY id DESC LIMIT 1;
        -- Once, or again after it was cancelled, as long as nothing was withdrawn since.
        IF p.number IS DISTINCT FROM (SELECT edition FROM claims_claim WHERE id = NEW.claim_id)
            OR p.opened_at IS NOT NULL
            OR coalesce(last_of_edition, 'cancel') <> 'cancel'
            OR EXISTS (
                SELECT FROM claims_release
                WHERE claim_id = NEW.claim_id AND kind IN ('withdraw', 'merge')
                    AND id > (SELECT min(id) FROM claims_release WHERE edition_id = NEW.edition_id))
        THEN
            RAISE EXCEPTION 'only the claim''s newest edition can be opened, and once'
                USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.kind IN ('move', 'cancel') THEN
        IF NOT coalesce(lower(p.current) > NEW.made_at, false) THEN
            RAISE EXCEPTION 'only an edition that waits for its moment can be moved or cancelled'
                USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.kind = 'withdraw' THEN
        IF NOT EXISTS (SELECT FROM claims_publishededition
            WHERE claim_key = NEW.claim_id AND upper_inf(current))
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
    ELSIF NEW.kind = 'reinstate' THEN
        withdrawn := claims_withdrawal_of(NEW.edition_id);
        IF withdrawn.claim_id IS DISTINCT FROM NEW.claim_id THEN
            RAISE EXCEPTION 'only the edition that was withdrawn can be reinstated'
                USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (
            SELECT FROM claims_approval a WHERE a.reinstates_id = NEW.edition_id
                AND a.made_at > withdrawn.made_at
                AND (NOT (claims_policy_in_force()).four_eyes
                    OR a.approver_id NOT IN (withdrawn.actor_id, NEW.actor_id)))
        THEN
            RAISE EXCEPTION 'reinstating needs a later approval by somebody else'
                USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.kind = 'request_suppression' THEN
        IF claims_is_blank(NEW.reason) THEN
            RAISE EXCEPTION 'suppressing needs a reason' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.kind = 'suppress' THEN
        IF claims_is_blank(NEW.reason) OR NOT EXISTS (
            SELECT FROM claims_release WHERE claim_id = NEW.claim_id
                AND kind = 'request_suppression' AND actor_id <> NEW.actor_id)
        THEN
            RAISE EXCEPTION 'suppressing needs a reason and the request of somebody else'
                USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.kind = 'merge' THEN
        -- Readers are sent on to what has taken it up, and see that already.
        IF NOT EXISTS (
            SELECT FROM claims_claim c
            JOIN claims_claim i ON i.id = c.merged_into_id AND i.state = 'published'
            JOIN claims_publishededition seen
                ON seen.claim_key = i.id AND seen.current @> NEW.made_at
            WHERE c.id = NEW.claim_id AND i.id = NEW.merged_into_id)
        THEN
            RAISE EXCEPTION 'readers are sent on only to the published claim it was merged into'
                USING ERRCODE = 'check_violation';
        END IF;
        IF (SELECT count(*) FILTER (WHERE lower(current) > NEW.made_at) > 0 OR count(*) = 0
            FROM claims_publishededition WHERE claim_key = NEW.claim_id AND upper_inf(current))
        THEN
            RAISE EXCEPTION 'only what readers see, with nothing scheduled, is merged'
                USING ERRCODE = 'check_violation';
        END IF;
    ELSE
        RAISE EXCEPTION 'there is no such decision' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- A window that ends at `moment` at the latest; one that would open later never opens.
CREATE FUNCTION claims_ended(span tstzrange, moment timestamptz) RETURNS tstzrange
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN lower(span) < moment
        THEN tstzrange(lower(span), least(upper(span), moment)) ELSE 'empty' END
$$;

-- Whatever of this claim ends with `was` (NULL: never) ends at `moment` instead.
CREATE FUNCTION claims_end_instead(id bigint, was timestamptz, moment timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE claims_publishededition SET current = tstzrange(lower(current), moment)
        WHERE claim_key = $1 AND NOT isempty(current)
            AND upper(current) IS NOT DISTINCT FROM was;
    UPDATE claims_publishednotice SET shown = tstzrange(lower(shown), moment)
        WHERE claim = (SELECT public_id FROM claims_claim c WHERE c.id = $1) AND NOT isempty(shown)
            AND upper(shown) IS NOT DISTINCT FROM was
$$;

-- The only place where windows move.
CREATE FUNCTION claims_move_windows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    moment timestamptz := coalesce(NEW.opens_at, NEW.made_at);
    waited_for timestamptz := (
        SELECT lower(current) FROM claims_publishededition WHERE edition_id = NEW.edition_id);
    name text := (SELECT public_id FROM claims_claim WHERE id = NEW.claim_id);
BEGIN
    IF NEW.kind IN ('schedule', 'reinstate') THEN
        PERFORM claims_end_instead(NEW.claim_id, NULL, moment);
        UPDATE claims_publishededition
            SET current = tstzrange(moment, NULL), readable = tstzrange(moment, NULL),
                opened_at = moment
            WHERE edition_id = NEW.edition_id;
    ELSIF NEW.kind IN ('move', 'cancel') THEN
        UPDATE claims_publishededition SET current = 'empty', readable = 'empty', opened_at = NULL
            WHERE edition_id = NEW.edition_id;
        PERFORM claims_end_instead(
            NEW.claim_id, waited_for, CASE NEW.kind WHEN 'move' THEN moment END);
        UPDATE claims_publishededition
            SET current = tstzrange(moment, NULL), readable = tstzrange(moment, NULL),
                opened_at = moment
            WHERE edition_id = NEW.edition_id AND NEW.kind = 'move';
    ELSIF NEW.kind IN ('withdraw', 'suppress', 'merge') THEN
        UPDATE claims_publishededition SET
            current = claims_ended(current, moment),
            readable = claims_ended(readable, moment),
            opened_at = CASE WHEN opened_at < moment THEN opened_at END
            WHERE claim_key = NEW.claim_id;
        UPDATE claims_publishednotice SET shown = claims_ended(shown, moment) WHERE claim = name;
        -- What was approved before has to be looked at again.
        UPDATE claims_claim SET state = 'in_review', changed_at = clock_timestamp()
            WHERE id = NEW.claim_id AND state = 'approved';
        IF NEW.kind = 'suppress' THEN
            PERFORM claims_empty_texts(NEW.claim_id, moment);
        END IF;
        -- Of what readers never saw they are told nothing.
        INSERT INTO claims_publishednotice
            (release_id, claim, kind, notice, merged_into, made_at, shown)
        SELECT NEW.id, name,
            CASE NEW.kind WHEN 'suppress' THEN 'suppressed' WHEN 'merge' THEN 'merged'
                ELSE 'withdrawn' END,
            NEW.notice,
            coalesce((SELECT public_id FROM claims_claim WHERE id = NEW.merged_into_id), ''),
            NEW.made_at, tstzrange(moment, NULL)
        WHERE EXISTS (SELECT FROM claims_publishededition
            WHERE claim_key = NEW.claim_id AND opened_at IS NOT NULL);
    ELSE  -- A request moves nothing.
        RETURN NULL;
    END IF;
    UPDATE claims_publishedmention m SET current = p.current, opened_at = p.opened_at
        FROM claims_publishededition p
        WHERE p.edition_id = m.edition_id AND p.claim_key = NEW.claim_id
            AND (m.current, m.opened_at) IS DISTINCT FROM (p.current, p.opened_at);
    PERFORM claims_look_behind(NEW.claim_id);
    PERFORM claims_restand(name, NEW.made_at);
    RETURN NULL;
END $$;

-- At the end of the transaction, so that claims published in one call may rebut each other.
CREATE FUNCTION claims_check_argument() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    name text := (SELECT public_id FROM claims_claim WHERE id = NEW.claim_id);
    ahead tstzrange := tstzrange(clock_timestamp(), NULL);
BEGIN
    IF NEW.kind = 'merge' AND EXISTS (
        SELECT FROM claims_publishededge e
        JOIN claims_publishededition p ON p.edition_id = e.edition_id
        WHERE e.target = name AND upper_inf(p.current))
    THEN
        RAISE EXCEPTION 'what rebuts it is still published against it'
            USING ERRCODE = 'check_violation';
    END IF;
    -- Of this edition, and of those that wait to rebut it.
    IF NEW.kind IN ('schedule', 'move', 'cancel', 'reinstate') AND EXISTS (
        SELECT FROM claims_publishededge e
        JOIN claims_publishededition p ON p.edition_id = e.edition_id
        WHERE (p.edition_id = NEW.edition_id OR e.target = name AND p.opened_at > lower(ahead))
            AND NOT isempty(p.current)
            AND NOT EXISTS (
                SELECT FROM claims_publishededition t
                WHERE t.claim = e.target
                    AND t.current @> greatest(p.opened_at, lower(ahead))))
    THEN
        RAISE EXCEPTION 'a claim that this one rebuts will not be open to readers by then'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind IN ('schedule', 'move', 'cancel', 'reinstate') AND EXISTS (
        SELECT FROM claims_publishededge e
        JOIN claims_publishededition p ON p.edition_id = e.edition_id
        JOIN claims_publishededition t ON t.claim = e.target
        WHERE name IN (e.counterclaim, e.target) AND e.ground = 'rebut'
            AND e.confidence = 'high' AND t.confidence = 'high'
            AND p.current * t.current && ahead)
    THEN
        RAISE EXCEPTION 'a claim and what says the opposite cannot both be well supported'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT ON claims_release
    FOR EACH ROW EXECUTE FUNCTION claims_guard_release();
CREATE TRIGGER b_move_windows AFTER INSERT ON claims_release
    FOR EACH ROW EXECUTE FUNCTION claims_move_windows();
CREATE CONSTRAINT TRIGGER c_argument AFTER INSERT ON claims_release
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION claims_check_argument();
