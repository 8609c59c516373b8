-- The values that were valid at `ts`.
SELECT * EXCLUDE (known_from, known_to)
FROM observations_history
WHERE known_from <= CAST(ts AS TIMESTAMPTZ)
    AND (known_to IS NULL OR CAST(ts AS TIMESTAMPTZ) < known_to)
