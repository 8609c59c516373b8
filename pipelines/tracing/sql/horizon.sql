-- The last week whose returns are due.
SELECT max(iso_week) AS horizon
FROM expected_returns
WHERE edition = $edition
