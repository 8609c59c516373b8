-- How many values of some weeks are now valid, week by week and city by city.
SELECT iso_week, city, count(*) AS observations
FROM observations_history
WHERE edition = $edition
    AND iso_week BETWEEN $first AND $last
    AND list_contains($weeks, iso_week)
    AND known_to IS NULL
GROUP BY ALL
ORDER BY ALL
