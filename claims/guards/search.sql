-- What readers find claims by (DESIGN 6). English words are stemmed; Hangul, Han and kana, which put
-- no space where a searched word ends, are found by pairs of letters.
-- Bodies are SQL, not strings, so that the names in them are bound once, to what is meant.

CREATE FUNCTION claims_folded(content text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN translate(lower(normalize(coalesce(content, ''), NFKC)), '\', ' ');

-- A run of Hangul, Han or kana.
CREATE FUNCTION claims_run() RETURNS text
LANGUAGE sql IMMUTABLE
RETURN '[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]+';

-- What is left without the runs.
CREATE FUNCTION claims_spelled(folded text) RETURNS text
LANGUAGE sql IMMUTABLE
RETURN regexp_replace(folded, claims_run(), ' ', 'g');

-- The pairs of letters of each run; a run of one letter is a word.
CREATE FUNCTION claims_pairs(folded text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT substr(run[1], place, 2)
    FROM regexp_matches(folded, claims_run(), 'g') run,
        generate_series(1, greatest(length(run[1]) - 1, 1)) place;
END;

-- The pairs with their places, without which they would have no weight; and the last letter of each
-- run, which begins no pair: who asks for one letter finds it wherever it stands.
CREATE FUNCTION claims_lettered(folded text) RETURNS tsvector
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT coalesce(string_agg(
        CASE WHEN place = 0 THEN right(run, 1)
             ELSE substr(run, place, 2) || ':' || least(number, 16383) END, ' '), '')::tsvector
    FROM (SELECT run[1], place, row_number() OVER ()
          FROM regexp_matches(folded, claims_run(), 'g') run,
              generate_series(0, greatest(length(run[1]) - 1, 1)) place) pairs (run, place, number);
END;

CREATE FUNCTION claims_words(content text) RETURNS tsvector
LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT to_tsvector('english', claims_spelled(folded)) || claims_lettered(folded)
    FROM claims_folded(content) folded;
END;

-- What is asked for: each of the words, or, for who knows only how they begin, what begins so.
-- Nothing (no word but “the”) finds nothing.
CREATE FUNCTION claims_asked(content text, beginnings boolean) RETURNS tsquery
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(string_agg(word, ' & ')::tsquery, '') FROM (
        SELECT quote_literal(lexeme) || CASE WHEN beginnings THEN ':*' ELSE '' END
        FROM unnest(to_tsvector('english', claims_spelled(claims_folded(content))))
        UNION ALL
        SELECT quote_literal(pair) || CASE WHEN length(pair) = 1 THEN ':*' ELSE '' END
        FROM claims_pairs(claims_folded(content)) pair) words (word)
$$;

-- Weights: A what is claimed, B who says it, C sources and topics, D our explanations.
CREATE FUNCTION claims_found_by(document jsonb) RETURNS tsvector
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT setweight(claims_words(concat_ws(E'\n',
            (SELECT string_agg(value ->> 'statement', E'\n') FROM jsonb_each(document -> 'texts')),
            (SELECT string_agg(value ->> 'text', E'\n')
             FROM jsonb_array_elements(document -> 'wordings')))), 'A')
        || setweight(claims_words(concat_ws(E'\n',
            (SELECT string_agg(value, E'\n') FROM jsonb_each_text(document #> '{claimant,names}')),
            (SELECT string_agg(value ->> 'attribution', E'\n')
             FROM jsonb_each(document -> 'texts')))), 'B')
        || setweight(claims_words(concat_ws(E'\n',
            (SELECT string_agg(name.value, E'\n') FROM jsonb_array_elements(document -> 'topics') t,
                jsonb_each_text(t.value -> 'names') name),
            (SELECT string_agg(concat_ws(E'\n', c.value ->> 'quotation',
                    c.value #>> '{source,title}',
                    (SELECT string_agg(name.value, E'\n')
                     FROM jsonb_each_text(c.value #> '{source,publisher,names}') name)), E'\n')
             FROM jsonb_array_elements(document -> 'citations') c))), 'C')
        || setweight(claims_words(
            (SELECT string_agg(concat_ws(E'\n', value ->> 'reason', value ->> 'unknowns',
                    value ->> 'would_change'), E'\n') FROM jsonb_each(document -> 'texts'))), 'D')
$$;

CREATE FUNCTION claims_keep_words() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    NEW.words := CASE WHEN NEW.document <> '{}' THEN claims_found_by(NEW.document) END;
    RETURN NEW;
END $$;

CREATE TRIGGER b_keep_words BEFORE INSERT OR UPDATE OF document ON claims_publishededition
    FOR EACH ROW EXECUTE FUNCTION claims_keep_words();

-- What the newsroom finds its working copies by.
CREATE FUNCTION claims_keep_words_of_text() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    NEW.words := claims_words(concat_ws(E'\n', NEW.statement, NEW.attribution));
    RETURN NEW;
END $$;

CREATE TRIGGER b_keep_words BEFORE INSERT OR UPDATE ON claims_claimtext
    FOR EACH ROW EXECUTE FUNCTION claims_keep_words_of_text();
