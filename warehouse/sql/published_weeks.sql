-- Each week that is due, with a digest of the verdicts and of the states of its returns.
SELECT
    iso_week,
    sha256(
        string_agg(city || ' ' || status, chr(10) ORDER BY city) || chr(10) || coalesce(any_value(verdicts), '')
    ) AS digest
FROM expected_returns
LEFT JOIN (
    SELECT iso_week, string_agg(submission_id || ' ' || digest, chr(10) ORDER BY submission_id) AS verdicts
    FROM submissions
    JOIN consolidation.verdicts_held USING (submission_id)
    WHERE edition = $edition AND iso_week IS NOT NULL
    GROUP BY iso_week
) USING (iso_week)
WHERE edition = $edition AND known_to IS NULL
GROUP BY iso_week
