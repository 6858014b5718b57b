-- The document: what is approved, frozen and published. It is built here and nowhere else, so that
-- the three cannot differ. Its canonical text is PostgreSQL's `jsonb` text (`document.canonical` is
-- the same in Python); its digest is the SHA-256 of that text in UTF-8.

CREATE FUNCTION claims_digest(content text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT encode(sha256(convert_to(content, 'UTF8')), 'hex')
$$;

CREATE FUNCTION claims_party_shown(party bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'id', p.public_id,
        'kind', p.kind,
        'names', coalesce(
            (SELECT jsonb_object_agg(n.language, n.name) FROM claims_partyname n
             WHERE n.party_id = p.id), '{}')
    ) FROM claims_party p WHERE p.id = party
$$;

CREATE FUNCTION claims_source_shown(source bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'id', s.public_id,
        'title', s.title,
        'language', s.language,
        'kind', s.kind,
        'publisher', claims_party_shown(s.publisher_id),
        'url', s.url,
        'published_on', s.published_on,
        'date_precision', s.date_precision,
        'seen', s.seen
    -- Only where there is something to say: what was published without it is shown alike.
    ) || CASE s.status WHEN '' THEN '{}' ELSE jsonb_build_object('status', s.status) END
    FROM claims_source s WHERE s.id = source
$$;

CREATE FUNCTION claims_topic_shown(topic bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object('id', t.public_id, 'names', t.names)
    FROM claims_topic t WHERE t.id = topic
$$;

-- Decimal numbers are texts without needless zeros: JSON readers differ in what they make of them.
CREATE FUNCTION claims_number_shown(number numeric) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT trim_scale(number)::text
$$;

CREATE FUNCTION claims_document(claim bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (jsonb_build_object(
        'format', 2,
        'claim', c.public_id,
        'language', c.language,
        'claimant', claims_party_shown(c.claimant_id),
        'confidence', c.confidence,
        'verdict', CASE WHEN c.verdict <> '' THEN
            jsonb_build_object('scale', c.verdict_scale, 'value', c.verdict) END,
        'change', c.change_kind,
        'review_by', c.review_by,
        'topics', coalesce((
            SELECT jsonb_agg(claims_topic_shown(t.id) ORDER BY t.id)
            FROM claims_topics_of(c.id) t), '[]'),
        'texts', (
            SELECT jsonb_object_agg(t.language, jsonb_build_object(
                'statement', t.statement,
                'attribution', t.attribution,
                'reason', t.reason,
                'unknowns', t.unknowns,
                'would_change', t.would_change,
                'reply_exception', t.reply_exception,
                'change_note', t.change_note))
            FROM claims_claimtext t WHERE t.claim_id = c.id),
        'wordings', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'language', w.language, 'text', w.text) ORDER BY w.id)
            FROM claims_wording w WHERE w.claim_id = c.id), '[]'),
        'figures', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'kind', f.kind,
                'labels', f.labels,
                'value', claims_number_shown(f.value),
                'bound', f.bound,
                'units', f.units,
                'as_of', f.as_of,
                'as_of_precision', f.as_of_precision) ORDER BY f.id)
            FROM claims_figure f WHERE f.claim_id = c.id), '[]'),
        'stated_change', CASE WHEN c.stated_change IS NOT NULL THEN jsonb_build_object(
            'value', claims_number_shown(c.stated_change),
            'unit', c.stated_change_unit,
            'bound', c.stated_change_bound) END,
        'citations', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'stance', ci.stance,
                'quotation', ci.quotation,
                'locator', ci.locator,
                'source', claims_source_shown(ci.source_id),
                'relays', coalesce((
                    SELECT jsonb_agg(claims_source_shown(r.source_id) ORDER BY r.position)
                    FROM claims_relay r WHERE r.citation_id = ci.id), '[]'),
                'route_given', ci.route_given) ORDER BY ci.id)
            FROM claims_citation ci WHERE ci.claim_id = c.id), '[]'),
        'allegation', claims_party_shown(c.allegation_about_id),
        'replies', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'party', claims_party_shown(r.party_id),
                'channel', r.channel,
                'asked_on', r.asked_on,
                'deadline', r.deadline,
                'outcome', r.outcome,
                'answer', r.answer,
                'language', r.answer_language,
                'answered_on', r.answered_on) ORDER BY r.id)
            FROM claims_replyrequest r WHERE r.claim_id = c.id), '[]'),
        'rebuts', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'claim', target.public_id,
                'edition', r.target_edition,
                'ground', r.ground,
                'opposer', r.opposer) ORDER BY r.id)
            FROM claims_rebuttal r JOIN claims_claim target ON target.id = r.target_id
            WHERE r.counterclaim_id = c.id), '[]')
    ) || CASE c.first_rebuttals WHEN '{}' THEN '{}' ELSE
        jsonb_build_object('first_rebuttals', to_jsonb(c.first_rebuttals)) END)::text
    FROM claims_claim c WHERE c.id = claim
$$;

-- What a document asserts: whatever of this differs is no minor change. Left out are our own
-- explanations, under which topics it stands, when it is looked at again, in which order its rebuttals
-- stand, and against which edition an edge was last confirmed.
CREATE FUNCTION claims_material(document jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT document - '{format,texts,change,topics,review_by,first_rebuttals}'::text[]
        || jsonb_build_object(
            'texts', (SELECT jsonb_object_agg(key, jsonb_build_object(
                    'statement', value ->> 'statement', 'attribution', value ->> 'attribution'))
                FROM jsonb_each(document -> 'texts')),
            'rebuts', (SELECT jsonb_agg(edge - 'edition' ORDER BY place)
                FROM jsonb_array_elements(document -> 'rebuts') WITH ORDINALITY r (edge, place)))
$$;

-- What rebuttals are written against: the statement and the figures.
CREATE FUNCTION claims_contested(document jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_array(
        (SELECT jsonb_object_agg(key, value ->> 'statement') FROM jsonb_each(document -> 'texts')),
        document -> 'figures',
        document -> 'stated_change')
$$;

-- How a shared record is shown, as a hash. A source's publisher is a record of its own.
CREATE FUNCTION claims_shown_hash(shown jsonb) RETURNS uuid
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT md5(CASE WHEN shown ? 'publisher'
        THEN shown || jsonb_build_object('publisher', shown #> '{publisher,id}')
        ELSE shown END::text)::uuid
$$;

-- The shared records in a document, as it shows them: (role, public id, hash).
CREATE FUNCTION claims_shared_in(document jsonb)
RETURNS TABLE (role text, record text, shown_hash uuid)
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT DISTINCT role, found ->> 'id', claims_shown_hash(found) FROM (
        SELECT 'claimant', document -> 'claimant'
        UNION ALL SELECT 'asked', document -> 'allegation'
        UNION ALL SELECT 'asked', jsonb_path_query(document, '$.replies[*].party')
        UNION ALL SELECT 'source', jsonb_path_query(document, '$.citations[*].source')
        UNION ALL SELECT 'relay', jsonb_path_query(document, '$.citations[*].relays[*]')
        UNION ALL SELECT 'publisher', jsonb_path_query(document, '$.citations[*].source.publisher')
        UNION ALL SELECT 'publisher',
            jsonb_path_query(document, '$.citations[*].relays[*].publisher')
        UNION ALL SELECT 'topic', jsonb_path_query(document, '$.topics[*]')
    ) shared (role, found) WHERE jsonb_typeof(found) = 'object'
$$;

-- A document with shared records by id only, and without what is said about its own change.
CREATE FUNCTION claims_own_content(document jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT document - '{format,change}'::text[] || jsonb_build_object(
        'claimant', document #> '{claimant,id}',
        'allegation', document #> '{allegation,id}',
        'topics', jsonb_path_query_array(document, '$.topics[*].id'),
        'texts', (SELECT jsonb_object_agg(key, value - 'change_note')
            FROM jsonb_each(document -> 'texts')),
        'citations', (SELECT jsonb_agg(each || jsonb_build_object(
                'source', each #> '{source,id}',
                'relays', jsonb_path_query_array(each, '$.relays[*].id')) ORDER BY place)
            FROM jsonb_array_elements(document -> 'citations')
                WITH ORDINALITY citation (each, place)),
        'replies', (SELECT jsonb_agg(
                each || jsonb_build_object('party', each #> '{party,id}') ORDER BY place)
            FROM jsonb_array_elements(document -> 'replies') WITH ORDINALITY reply (each, place)))
$$;

-- Whether the working copy says what its newest edition says, with nothing noted for another.
CREATE FUNCTION claims_equals_edition(claim bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM claims_claim c
        JOIN claims_edition e ON e.claim_id = c.id AND e.number = c.edition
        WHERE c.id = claim AND c.change_kind = ''
            AND NOT EXISTS (
                SELECT FROM claims_claimtext t WHERE t.claim_id = c.id AND t.change_note <> '')
            AND claims_own_content(claims_document(c.id)::jsonb)
                = claims_own_content(e.document::jsonb))
$$;

-- Whether this person changed anything in the document since an edition last froze it.
CREATE FUNCTION claims_contributed(person bigint, claim bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM claims_contribution k JOIN (
            SELECT 'claim' AS record, id, frozen_version FROM claims_claim WHERE id = claim
            UNION ALL SELECT 'party', id, frozen_version FROM claims_parties_of(claim)
            UNION ALL SELECT 'source', id, frozen_version FROM claims_sources_of(claim)
            UNION ALL SELECT 'topic', id, frozen_version FROM claims_topics_of(claim)
        ) shown ON k.record = shown.record AND k.record_id = shown.id
        WHERE k.user_id = person AND k.version > shown.frozen_version)
$$;

CREATE FUNCTION claims_policy_in_force() RETURNS claims_policy
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT * FROM claims_policy ORDER BY id DESC LIMIT 1
$$;
