-- The last week up to which returns are due; NULL while none was accepted.
SELECT max(iso_week)
FROM expected_returns
WHERE edition = $edition
