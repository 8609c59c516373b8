-- What is declared without activity in some weeks; without submission: told without a file.
SELECT iso_week, city, service_point, area, reason, submission_id
FROM nil_returns
WHERE edition = $edition
    AND known_to IS NULL
    AND iso_week BETWEEN $first AND $last
    AND ($city IS NULL OR city = $city)
