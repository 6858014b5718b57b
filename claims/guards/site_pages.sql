-- The pages of the site that are no claims: an action writes them; versions are this trigger's.

CREATE FUNCTION claims_guard_site_page() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM claims_actor();
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    NEW.version := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE OLD.version + 1 END;
    NEW.changed_at := clock_timestamp();
    RETURN NEW;
END $$;

CREATE TRIGGER a_guard BEFORE INSERT OR UPDATE OR DELETE ON claims_sitepage
    FOR EACH ROW EXECUTE FUNCTION claims_guard_site_page();

-- Readers see the table through row security, which by itself would keep the app from writing.
DROP POLICY IF EXISTS writers ON claims_sitepage;
CREATE POLICY writers ON claims_sitepage TO counterclaim_app USING (true) WITH CHECK (true);
