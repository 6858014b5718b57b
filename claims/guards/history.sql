-- The one append-only record of every change (DESIGN 3, "History").

-- The one exception is suppression, which empties texts from within a trigger of ours (depth above
-- 1; nobody but the owner can make triggers) and leaves numbers and digests.
CREATE FUNCTION claims_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1
        AND TG_TABLE_NAME IN (
            'claims_comment', 'claims_edition', 'claims_history', 'claims_release')
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'check_violation';
END $$;

-- Arguments, if any, are the only columns that the history keeps of this table.
CREATE FUNCTION claims_write_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - 'words' END;
    after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - 'words' END;
    whole jsonb := coalesce(after, before);
    person bigint := nullif(current_setting('counterclaim.actor', true), '')::bigint;
BEGIN
    IF TG_NARGS > 0 THEN
        SELECT jsonb_object_agg(key, value) INTO before
            FROM jsonb_each(before) WHERE key = ANY (TG_ARGV::text[]);
        SELECT jsonb_object_agg(key, value) INTO after
            FROM jsonb_each(after) WHERE key = ANY (TG_ARGV::text[]);
    END IF;
    IF before = after THEN
        RETURN NULL;
    END IF;
    INSERT INTO claims_history
        (at, actor_id, actor, action, reason, request, change, record, record_id, claim_id,
         operation, before, after)
    VALUES (
        clock_timestamp(),
        person,
        coalesce((SELECT username FROM claims_user WHERE id = person), ''),
        coalesce(current_setting('counterclaim.action', true), ''),
        coalesce(current_setting('counterclaim.reason', true), ''),
        coalesce(current_setting('counterclaim.request', true), ''),
        claims_change(),
        substr(TG_TABLE_NAME, length('claims_') + 1),
        (whole ->> 'id')::bigint,
        CASE TG_TABLE_NAME
            WHEN 'claims_claim' THEN (whole ->> 'id')::bigint
            WHEN 'claims_rebuttal' THEN (whole ->> 'counterclaim_id')::bigint
            WHEN 'claims_relay' THEN claims_claim_of((whole ->> 'citation_id')::bigint)
            ELSE (whole ->> 'claim_id')::bigint
        END,
        lower(TG_OP),
        before,
        after
    );
    RETURN NULL;
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'claim', 'claimtext', 'claim_topics', 'citation', 'relay', 'figure', 'wording',
        'replyrequest', 'rebuttal', 'party', 'partyname', 'source', 'topic', 'approval', 'release',
        'recheck', 'policy', 'sitepage', 'user_groups']
    LOOP
        EXECUTE format('CREATE TRIGGER z_history AFTER INSERT OR UPDATE OR DELETE ON claims_%s'
            ' FOR EACH ROW EXECUTE FUNCTION claims_write_history()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY[
        'approval', 'comment', 'contribution', 'edition', 'history', 'lock', 'policy', 'recheck',
        'release']
    LOOP
        EXECUTE format('CREATE TRIGGER a_append_only BEFORE UPDATE OR DELETE ON claims_%s'
            ' FOR EACH ROW EXECUTE FUNCTION claims_refuse()', name);
    END LOOP;
    FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename ^@ 'claims_'
            AND tablename <> 'claims_user_user_permissions'
    LOOP
        EXECUTE format('CREATE TRIGGER a_no_truncate BEFORE TRUNCATE ON %I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION claims_refuse()', name);
    END LOOP;
END $$;

-- Of editions not their text, which stands in the edition itself; of people no secret.
CREATE TRIGGER z_history AFTER INSERT OR UPDATE OR DELETE ON claims_edition
    FOR EACH ROW EXECUTE FUNCTION claims_write_history(
        'claim_id', 'number', 'kind', 'document_digest', 'approval_id', 'digest');
CREATE TRIGGER z_history AFTER INSERT OR UPDATE OR DELETE ON claims_user
    FOR EACH ROW EXECUTE FUNCTION claims_write_history(
        'username', 'first_name', 'last_name', 'is_active', 'is_staff', 'is_superuser');
