-- The returns that had come by an instant, `ts`, and since when each counts; NULL while it is rejected.
SELECT * REPLACE (CASE WHEN accepted_from <= CAST(ts AS TIMESTAMPTZ) THEN accepted_from END AS accepted_from)
FROM every_arrival
WHERE received_at <= CAST(ts AS TIMESTAMPTZ)
