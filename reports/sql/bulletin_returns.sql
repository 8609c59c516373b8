-- What is known of each city-week that is due, and the return that made it so.
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
WHERE expected_returns.edition = $edition AND expected_returns.known_to IS NULL
ORDER BY ALL
