-- The published values that had changed by `ts`.
FROM revisions
WHERE known_from <= CAST(ts AS TIMESTAMPTZ)
