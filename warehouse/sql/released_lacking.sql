-- The city-weeks of a release without an accepted return.
SELECT city, iso_week, status
FROM released_expected_returns
WHERE known_to IS NULL AND status NOT IN ('on_time', 'late')
ORDER BY city, iso_week
