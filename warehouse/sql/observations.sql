-- The values of some weeks that are now valid, out of all that were ever known.
SELECT *
FROM warehouse.observations_history
WHERE edition = $edition
    AND iso_week BETWEEN $first AND $last
    AND list_contains($parts, iso_week)
    AND known_to IS NULL
