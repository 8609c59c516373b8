-- The returns that had come by `ts`. What was said of one that was accepted only later is not kept.
SELECT submissions.*
FROM submissions
JOIN consolidation.held ON held.name = submissions.submission_id
WHERE CASE
    WHEN submissions.received_at > CAST(ts AS TIMESTAMPTZ) THEN false
    WHEN held.counts_from > CAST(ts AS TIMESTAMPTZ) THEN error(
        'submissions: ' || held.name || ' was judged again after that instant; what was said of it before '
        || 'is not kept'
    )
    ELSE true
END
