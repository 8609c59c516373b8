-- The values that were valid at an instant, under the name of those valid now.
CREATE TEMP TABLE observations AS
SELECT * EXCLUDE (known_from, known_to)
FROM published.observations_history
WHERE known_from <= $as_of
    AND (known_to IS NULL OR known_to > $as_of)
ORDER BY ALL
