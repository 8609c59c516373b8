-- What `nil_returns` held at `ts`: what was known later is not there, nor when it ended, where that was later.
SELECT * REPLACE (CASE WHEN known_to <= CAST(ts AS TIMESTAMPTZ) THEN known_to END AS known_to)
FROM nil_returns
WHERE known_from <= CAST(ts AS TIMESTAMPTZ)
