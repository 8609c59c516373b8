-- What cities declared without activity in some weeks.
SELECT iso_week, city, service_point, area, reason
FROM nil_returns
WHERE edition = $edition AND known_to IS NULL AND iso_week IN (SELECT unnest($weeks))
ORDER BY ALL
