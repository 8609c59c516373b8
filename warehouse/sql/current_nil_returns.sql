-- What is now declared nil in some weeks.
SELECT iso_week, city, service_point, area
FROM nil_returns
WHERE edition = $edition
    AND list_contains($weeks, iso_week)
    AND known_to IS NULL
