-- The schema `reader`: what the public side can see (DESIGN 2).
--
-- Each view has its table's name and columns; it shows a row while the moment of the statement lies
-- in the row's window. The windows are row security policies, which PostgreSQL tests before any
-- condition that a reader brings: in a plain view a cast or a JSON path that fails on a hidden row
-- prints that row in its error. The views ask as the reader (`security_invoker`), who may read the
-- tables through the policies but cannot name them, having no access to their schema. Unlike behind
-- a security barrier, the indexes that order the lists are used.

-- A function, because under row security the planner may not look at the statistics of ranges and
-- would expect next to no open row; of a function it expects a third, and orders lists by index.
CREATE FUNCTION reader.is_open(span tstzrange) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN span @> statement_timestamp();
END $$;

-- The current editions with each of these words, the newest 2,000 of them, and how well each fits.
-- As the owner: under row security the index of words could not be used. First all that match, by
-- that index; the planner would otherwise walk the newest editions for a word that none of them has.
CREATE FUNCTION reader.found(asked text) RETURNS TABLE (edition_id bigint, rank real)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH matching AS MATERIALIZED (
        SELECT p.edition_id FROM claims_publishededition p
        WHERE p.words @@ claims_asked(asked, false) AND p.current @> statement_timestamp()
    ), newest AS MATERIALIZED (
        SELECT m.edition_id FROM matching m ORDER BY m.edition_id DESC LIMIT 2000
    )
    SELECT p.edition_id, ts_rank(p.words, claims_asked(asked, false))
    FROM claims_publishededition p JOIN newest n ON n.edition_id = p.edition_id
$$;

-- How a claim that readers see has stood so far, for its timeline; its view shows only how it stands.
CREATE FUNCTION reader.standings_so_far(claim text)
RETURNS TABLE (standing varchar, since timestamptz, until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.standing, lower(s.during), upper(s.during)
    FROM claims_publishedstanding s
    WHERE s.claim = $1 AND lower(s.during) <= statement_timestamp() AND EXISTS (
        SELECT FROM claims_publishededition p
        WHERE p.claim = $1 AND p.current @> statement_timestamp())
    ORDER BY lower(s.during)
$$;

DO $$
DECLARE
    name text;
    open_rows text;
BEGIN
    FOR name, open_rows IN VALUES
        ('claims_publishededition', 'reader.is_open(readable)'),
        ('claims_publishedmention', 'reader.is_open(current)'),
        ('claims_publishednotice', 'reader.is_open(shown)'),
        ('claims_publishedstanding', 'reader.is_open(during)'),
        ('claims_sitepage', 'reader.is_open(tstzrange(changed_at, NULL))'),
        -- An edge shows while both its ends do.
        ('claims_publishededge',
            'EXISTS (SELECT FROM public.claims_publishededition c
                    WHERE c.edition_id = claims_publishededge.edition_id
                        AND reader.is_open(c.current))
            AND EXISTS (SELECT FROM public.claims_publishededition t
                    WHERE t.claim = claims_publishededge.target AND reader.is_open(t.current))')
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('DROP POLICY IF EXISTS newsroom ON %I', name);
        EXECUTE format('DROP POLICY IF EXISTS readers ON %I', name);
        EXECUTE format('CREATE POLICY newsroom ON %I FOR SELECT TO counterclaim_app USING (true)',
            name);
        EXECUTE format('CREATE POLICY readers ON %I FOR SELECT TO counterclaim_reader USING (%s)',
            name, open_rows);
        EXECUTE format('DROP VIEW IF EXISTS reader.%I', name);
        EXECUTE format(
            'CREATE VIEW reader.%I WITH (security_invoker = true) AS TABLE public.%I', name, name);
    END LOOP;
END $$;
