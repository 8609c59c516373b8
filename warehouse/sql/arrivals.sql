-- The returns that came for a city's week, and since when each counts; NULL while it is rejected.
SELECT
    submissions.edition,
    submissions.city,
    submissions.iso_week,
    submissions.submission_id,
    coalesce(submissions.version, 0) AS version,
    submissions.received_at,
    CASE WHEN submissions.status <> 'rejected' THEN coalesce(held.counts_from, submissions.received_at) END
        AS accepted_from
FROM submissions
JOIN consolidation.held ON held.name = submissions.submission_id
