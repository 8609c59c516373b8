-- The city-weeks of a release that had no accepted return at an instant, and have one.
SELECT city, iso_week
FROM released_expected_returns
WHERE status IN ('on_time', 'late')
GROUP BY city, iso_week
HAVING min(known_from) > $since
ORDER BY city, iso_week
