-- The values of some weeks that are now valid, as far as indicators need them.
SELECT iso_week, city, service_point, measure, breakdown, category, value, flag
FROM observations_history
WHERE edition = $edition
    AND iso_week BETWEEN $first AND $last
    AND list_contains($weeks, iso_week)
    AND known_to IS NULL
