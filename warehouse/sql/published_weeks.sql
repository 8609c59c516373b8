-- Each week that is due, with a digest of the verdicts and acts and of the states of its returns.
SELECT
    iso_week,
    sha256(
        string_agg(city || ' ' || status, chr(10) ORDER BY city) || chr(10) || coalesce(any_value(held), '')
    ) AS digest
FROM expected_returns
LEFT JOIN (
    SELECT iso_week, string_agg(name || ' ' || digest, chr(10) ORDER BY name) AS held
    FROM consolidation.held
    WHERE edition = $edition AND iso_week IS NOT NULL
    GROUP BY iso_week
) USING (iso_week)
WHERE edition = $edition AND known_to IS NULL
GROUP BY iso_week
