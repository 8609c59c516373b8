-- What is known of each city-week of some weeks that is due, and the return that made it so; of every other
-- week, only of city-weeks without a valid return.
SELECT
    expected_returns.iso_week,
    expected_returns.city,
    expected_returns.status,
    epoch_us(expected_returns.due_at) AS due_at,
    expected_returns.submission_id,
    submissions.version,
    submissions.errors,
    submissions.warnings,
    epoch_us(submissions.received_at) AS received_at
FROM expected_returns
LEFT JOIN submissions USING (submission_id)
WHERE expected_returns.edition = $edition
    AND expected_returns.known_to IS NULL
    AND (
        expected_returns.iso_week IN (SELECT unnest($weeks))
        OR expected_returns.status NOT IN ('on_time', 'late')
    )
ORDER BY ALL
