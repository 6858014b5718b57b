-- Standing: Dung's grounded labelling (see `claims.standing`), stored as windows (DESIGN 4).

-- The labels at one moment of the claims in `closed`, which holds all that its members attack. What
-- attacks it from outside keeps the label it has, for nothing in here bears on that.
CREATE FUNCTION claims_labels(closed text[], moment timestamptz)
RETURNS TABLE (claim text, standing text, label text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    open text[];  -- those of them that readers see
    attackers text[];  -- of one attack after the other …
    attacked text[];  -- … and its target
    disputed text[];  -- targets of attacks that were not assessed
    accepted text[];
    rejected text[] := '{}';
    found text[];
    found_rejected text[];
BEGIN
    SELECT coalesce(array_agg(p.claim), '{}') INTO open FROM claims_publishededition p
        WHERE p.claim = ANY (closed) AND p.current @> moment;
    SELECT coalesce(array_agg(e.counterclaim) FILTER (WHERE e.confidence <> 'not_assessed'), '{}'),
            coalesce(array_agg(e.target) FILTER (WHERE e.confidence <> 'not_assessed'), '{}'),
            coalesce(array_agg(e.target) FILTER (WHERE e.confidence = 'not_assessed'), '{}')
        INTO attackers, attacked, disputed
        FROM claims_publishededge e JOIN claims_publishededition p ON p.edition_id = e.edition_id
        WHERE e.target = ANY (open) AND e.ground <> 'qualify' AND p.current @> moment;
    SELECT coalesce(array_agg(s.claim) FILTER (WHERE s.label = 'accepted'), '{}'),
            coalesce(array_agg(s.claim) FILTER (WHERE s.label = 'rejected'), '{}')
        INTO accepted, rejected
        FROM claims_publishedstanding s
        WHERE s.claim IN (SELECT a FROM unnest(attackers) a WHERE a <> ALL (closed))
            AND s.during @> moment;
    LOOP
        found_rejected := ARRAY(
            SELECT DISTINCT target FROM unnest(attackers, attacked) attack (attacker, target)
            WHERE attacker = ANY (accepted) AND target <> ALL (rejected));
        rejected := rejected || found_rejected;
        found := ARRAY(
            SELECT o FROM unnest(open) o
            WHERE o <> ALL (accepted) AND o <> ALL (rejected) AND NOT EXISTS (
                SELECT FROM unnest(attackers, attacked) attack (attacker, target)
                WHERE target = o AND attacker <> ALL (rejected)));
        accepted := accepted || found;
        EXIT WHEN cardinality(found) + cardinality(found_rejected) = 0;
    END LOOP;
    RETURN QUERY SELECT o,
        CASE
            WHEN o <> ALL (accepted) THEN 'contested'
            WHEN o = ANY (attacked) THEN 'answered'
            WHEN o = ANY (disputed) THEN 'not_assessed'
            ELSE 'unrebutted'
        END,
        CASE WHEN o = ANY (accepted) THEN 'accepted' WHEN o = ANY (rejected) THEN 'rejected'
            ELSE 'undecided' END
        FROM unnest(open) o;
END $$;

-- Recompute the standing of everything that `root` can bear on, from `since` on: for now and for
-- each moment at which something that bears on it opens or closes.
CREATE FUNCTION claims_restand(root text, since timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    closed text[];
    outside text[];
    moments timestamptz[];
    windows jsonb;
BEGIN
    -- All editions of the root itself: an edge that closes bears on its target as well.
    closed := ARRAY(
        WITH RECURSIVE reached AS (
            SELECT root::varchar AS claim
            UNION
            SELECT e.target FROM reached
            JOIN claims_publishededge e ON e.counterclaim = reached.claim
            JOIN claims_publishededition p ON p.edition_id = e.edition_id
            WHERE e.ground <> 'qualify' AND (reached.claim = root
                OR NOT isempty(p.current) AND coalesce(upper(p.current), 'infinity') > since)
        ) SELECT claim FROM reached);
    outside := ARRAY(
        SELECT DISTINCT counterclaim FROM claims_publishededge
        WHERE target = ANY (closed) AND counterclaim <> ALL (closed));
    moments := ARRAY(
        SELECT since
        UNION SELECT unnest(ARRAY[lower(current), upper(current)]) FROM claims_publishededition
            WHERE claim = ANY (closed || outside) AND coalesce(upper(current), 'infinity') > since
        UNION SELECT unnest(ARRAY[lower(during), upper(during)]) FROM claims_publishedstanding
            WHERE claim = ANY (outside) AND coalesce(upper(during), 'infinity') > since
        ORDER BY 1);
    moments := ARRAY(SELECT m FROM unnest(moments) m WHERE m >= since ORDER BY m);

    -- What stays the same from one moment to the next is one window.
    windows := (
        WITH at_moments AS (
            SELECT l.*, place, moments[place] AS opens, moments[place + 1] AS closes
            FROM generate_subscripts(moments, 1) place
            CROSS JOIN LATERAL claims_labels(closed, moments[place]) l
        ), runs AS (
            SELECT *, place - row_number() OVER (
                PARTITION BY claim, standing, label ORDER BY place) AS run FROM at_moments
        ), merged AS (
            SELECT claim, standing, label, min(opens) AS opens,
                nullif(max(coalesce(closes, 'infinity')), 'infinity') AS closes
            FROM runs GROUP BY claim, standing, label, run
        ) SELECT jsonb_agg(to_jsonb(merged)) FROM merged);
    DELETE FROM claims_publishedstanding WHERE claim = ANY (closed) AND lower(during) >= since;
    UPDATE claims_publishedstanding SET during = tstzrange(lower(during), since)
        WHERE claim = ANY (closed) AND coalesce(upper(during), 'infinity') > since;
    WITH ahead AS (
        SELECT * FROM jsonb_to_recordset(coalesce(windows, '[]'))
            AS w (claim text, standing text, label text, opens timestamptz, closes timestamptz)
    ), goes_on AS (
        UPDATE claims_publishedstanding s SET during = tstzrange(lower(s.during), w.closes)
        FROM ahead w WHERE w.opens = since AND upper(s.during) = since
            AND (s.claim, s.standing, s.label) = (w.claim, w.standing, w.label)
        RETURNING s.claim
    )
    INSERT INTO claims_publishedstanding (claim_key, claim, standing, label, during)
    SELECT (SELECT claim_key FROM claims_publishededition p WHERE p.claim = w.claim LIMIT 1),
        w.claim, w.standing, w.label, tstzrange(w.opens, w.closes)
    FROM ahead w
    WHERE w.opens > since OR w.claim NOT IN (SELECT goes_on.claim FROM goes_on);
END $$;
