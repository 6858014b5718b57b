-- By law: what a claim said is emptied everywhere; numbers and digests stay (DESIGN 3, suppress).

CREATE FUNCTION claims_empty_texts(claim bigint, moment timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    name text := (SELECT public_id FROM claims_claim WHERE id = claim);
BEGIN
    UPDATE claims_edition SET document = '' WHERE claim_id = claim;
    UPDATE claims_publishededition SET document = '{}' WHERE claim_key = $1;
    UPDATE claims_publishednotice SET notice = '{}' WHERE claims_publishednotice.claim = name;
    UPDATE claims_release SET reason = '—', notice = '{"en": "—"}'
        WHERE claim_id = claim AND kind = 'withdraw';
    UPDATE claims_release SET reason = '—'
        WHERE claim_id = claim AND kind IN ('cancel', 'reinstate') AND reason <> '';
    UPDATE claims_comment SET text = '—' WHERE claim_id = claim;
    UPDATE claims_tip SET text = '—', url = '', contact = ''
        WHERE claim_id = claim OR led_to_id = claim;
    UPDATE claims_tipanswer SET text = '—'
        WHERE tip_id IN (SELECT id FROM claims_tip WHERE claim_id = claim OR led_to_id = claim);
    DELETE FROM claims_relay WHERE claims_claim_of(citation_id) = claim;
    DELETE FROM claims_citation WHERE claim_id = claim;
    DELETE FROM claims_figure WHERE claim_id = claim;
    DELETE FROM claims_wording WHERE claim_id = claim;
    DELETE FROM claims_replyrequest WHERE claim_id = claim;
    DELETE FROM claims_claim_topics WHERE claim_id = claim;
    UPDATE claims_claimtext SET statement = '—', attribution = '', reason = '', unknowns = '',
        would_change = '', reply_exception = '', change_note = '' WHERE claim_id = claim;
    UPDATE claims_claim SET claimant_id = NULL, allegation_about_id = NULL, confidence = '',
        verdict = '', verdict_scale = '', stated_change = NULL, stated_change_unit = '',
        stated_change_bound = '', review_by = NULL, change_kind = '', first_rebuttals = '{}',
        suppressed_at = moment, changed_at = moment
        WHERE id = claim;
    -- Last, because the above is written into it too. Of editions and approvals it holds no words.
    UPDATE claims_history SET before = NULL, after = NULL, reason = ''
        WHERE claim_id = claim AND record NOT IN ('edition', 'approval');
END $$;
