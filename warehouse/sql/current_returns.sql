-- The city-weeks that are due, in the state in which they are now known; `is_missing`: none is accepted.
SELECT iso_week, city, status, status NOT IN ('on_time', 'late') AS is_missing
FROM expected_returns
WHERE edition = $edition
    AND iso_week BETWEEN $first AND $last
    AND known_to IS NULL
