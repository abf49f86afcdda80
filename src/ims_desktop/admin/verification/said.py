"""Whether what is kept beside the ledger is still what the audit log, which is sealed, says of it."""

from ims_desktop.admin.verification.findings import Check

SAID_CHECKS: tuple[Check, ...] = (
    Check(
        "entries of counts",
        "The entries of a count are those that were entered, call by call, as they were.",
        """
        SELECT coalesce('entry ' || e.first || ' of count ' || s.number, 'entry ' || (a.new ->> 'first_entry')),
               coalesce(a.new ->> 'entries', '0') || ' entries as they were', CASE
                 WHEN e.first IS NULL THEN 'taken out' WHEN a.id IS NULL THEN e.entries || ' put in' ELSE e.entries || ', changed' END
        FROM (SELECT c.sheet_id, c.entered_by, min(c.id) AS first, count(*) AS entries,
                encode(sha256(convert_to(string_agg(count_entry_line(c), E'\\n' ORDER BY c.id), 'UTF8')), 'hex') AS hash
              FROM count_entries c GROUP BY c.sheet_id, c.entered_by, c.entered_at) e
        JOIN count_sheets s ON s.id = e.sheet_id
        FULL JOIN (SELECT l.id, l.record_id, l.member_id, l.new FROM audit_log l WHERE l.subject = 'count_entries' AND l.action = 'INSERT') a
          ON a.record_id = e.sheet_id::text AND a.new ->> 'first_entry' = e.first::text AND a.member_id = e.entered_by
        WHERE a.id IS NULL OR e.first IS NULL OR a.new ->> 'entries' <> e.entries::text OR a.new ->> 'content_hash' <> e.hash
        """,
    ),
    Check(
        "receipts of transfers",
        "What was said of a transfer is what was said when it was received.",
        """
        SELECT 'receipt ' || coalesce(p.kind || ' ' || p.number, a.record_id), coalesce(a.new ->> 'what', 'nothing'), CASE
                 WHEN r.posting_id IS NULL THEN 'taken out' WHEN a.record_id IS NULL THEN 'put in' ELSE r.what || ', changed' END
        FROM transfer_receipts r JOIN postings p ON p.id = r.posting_id
        FULL JOIN (SELECT l.record_id, l.new FROM audit_log l WHERE l.subject = 'transfer_receipts') a ON a.record_id = r.posting_id::text
        WHERE r.posting_id IS NULL OR a.record_id IS NULL OR (a.new ->> 'what', a.new ->> 'receipt_id', a.new ->> 'transfer_id',
          a.new ->> 'received_by') IS DISTINCT FROM (r.what, r.receipt_id::text, r.transfer_id::text, r.received_by::text)
           OR r.received_at < p.posted_at OR r.received_at > p.posted_at + interval '1 day'
        """,
    ),
    Check(
        "productions",
        "What a production was to use and to make is what was said when it was posted.",
        """
        SELECT 'production ' || coalesce(p.number::text, a.record_id), CASE WHEN a.record_id IS NULL THEN 'nothing' ELSE 'as it was said' END, CASE
                 WHEN d.posting_id IS NULL THEN 'taken out' WHEN a.record_id IS NULL THEN 'put in' ELSE 'changed' END
        FROM productions d JOIN postings p ON p.id = d.posting_id
        FULL JOIN (SELECT l.record_id, l.new FROM audit_log l WHERE l.subject = 'productions') a ON a.record_id = d.posting_id::text
        WHERE d.posting_id IS NULL OR a.record_id IS NULL OR d.site_id <> p.site_id OR a.new ->> 'content_hash' IS DISTINCT FROM
          encode(sha256(convert_to(ROW(d.recipe_version_id, d.expected, d.reason_id)::text, 'UTF8')), 'hex')
        """,
    ),
    Check(
        "lots of documents",
        "A posted document says of the lots what it said when it was posted.",
        """
        SELECT p.kind || ' ' || p.number, 'unchanged', 'changed'
        FROM postings p JOIN audit_log l ON l.subject = 'posting' AND l.record_id = p.id::text AND l.action = 'POST'
        LEFT JOIN (SELECT x.posting_id, encode(sha256(convert_to(string_agg(movement_lot_line(x), E'\\n' ORDER BY x.id), 'UTF8')), 'hex') AS hash
                   FROM movement_lots x GROUP BY x.posting_id) x ON x.posting_id = p.id
        WHERE x.hash IS DISTINCT FROM (l.new ->> 'lots')
        """,
    ),
    Check(
        "audit of lots",
        "A lot is what the last audit row says of it.",
        """
        SELECT 'lot ' || t.code, coalesce(a.new ->> 'code' || ', ' || coalesce(a.new ->> 'expires_on', 'never expires'), 'an audit row'),
               t.code || ', ' || coalesce(t.expires_on::text, 'never expires')
        FROM lots t LEFT JOIN LATERAL (
          SELECT l.new FROM audit_log l WHERE l.subject = 'lots' AND l.record_id = t.id::text ORDER BY l.id DESC LIMIT 1) a ON true
        WHERE a.new IS NULL OR (a.new ->> 'code', a.new ->> 'item_id', a.new ->> 'expires_on', (a.new ->> 'arrived_at')::timestamptz)
          IS DISTINCT FROM (t.code, t.item_id::text, t.expires_on::text, t.arrived_at)
        """,
    ),
)
