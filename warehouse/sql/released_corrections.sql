-- The values of a release that accepted returns changed since an instant, or ever, a line a return.
SELECT city, iso_week, reason_code, count(*) AS values_changed
FROM released_revisions
WHERE $since IS NULL OR known_from > $since
GROUP BY city, iso_week, known_from, reason_code
ORDER BY city, iso_week, known_from
