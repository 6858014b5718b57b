"""The tables that a corpus fills, with their columns in the order of the rows. Pure."""

TABLES = {
    "claims_user": (
        "id username first_name last_name email password is_superuser is_staff is_active"
        " date_joined"
    ),
    "claims_user_groups": "id user_id group_id",
    "claims_topic": "id public_id names version frozen_version",
    "claims_party": "id public_id kind version frozen_version",
    "claims_partyname": "id party_id language name",
    "claims_source": (
        "id public_id title language kind publisher_id url published_on date_precision seen version"
        " frozen_version"
    ),
    "claims_claim": (
        "id public_id language claimant_id confidence verdict verdict_scale stated_change"
        " stated_change_unit stated_change_bound allegation_about_id review_by change_kind state"
        " version frozen_version edition created_at changed_at"
    ),
    "claims_claimtext": (
        "id claim_id language reason unknowns statement attribution change_note would_change"
        " reply_exception"
    ),
    "claims_claim_topics": "id claim_id topic_id",
    "claims_citation": "id claim_id source_id stance quotation locator route_given",
    "claims_relay": "id citation_id position source_id",
    "claims_figure": "id claim_id kind labels value bound units as_of as_of_precision",
    "claims_wording": "id claim_id language text",
    "claims_replyrequest": (
        "id claim_id party_id channel asked_on deadline outcome answer answer_language answered_on"
    ),
    "claims_rebuttal": "id counterclaim_id target_id ground opposer target_edition",
    "claims_contribution": "id record record_id version user_id",
    "claims_approval": "id claim_id version document_digest approver_id made_at",
    "claims_edition": (
        "id claim_id number kind document document_digest approval_id policy_id publisher_id"
        " made_at previous_digest digest"
    ),
    "claims_release": "id claim_id edition_id kind opens_at reason notice actor_id made_at",
    "claims_publishededition": (
        "edition_id claim_key claim number kind asserted_since language confidence is_counterclaim"
        " review_by document document_digest previous_digest digest four_eyes made_at opened_at"
        " current readable"
    ),
    "claims_publishededge": (
        "id edition_id counterclaim target ground opposer target_edition confidence"
    ),
    "claims_publishedmention": "id edition_id role record shown_hash opened_at current",
    "claims_publishednotice": "release_id claim kind notice made_at shown",
    "claims_publishedstanding": "id claim_key claim standing label during",
    "claims_history": (
        "id at actor_id actor action reason request record record_id claim_id operation before"
        " after"
    ),
}
COLUMNS = {table: tuple(columns.split()) for table, columns in TABLES.items()}
NUMBERED = [table for table, columns in COLUMNS.items() if columns[0] == "id"]
