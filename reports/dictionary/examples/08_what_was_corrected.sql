-- Which published values changed, how much, and why?
SELECT city, iso_week, known_from, reason_code,
    count(*) AS values_changed,
    count(*) FILTER (old_value IS NULL) AS newly_reported,
    count(*) FILTER (new_value IS NULL) AS withdrawn
FROM revisions
GROUP BY ALL
ORDER BY known_from, city, iso_week
