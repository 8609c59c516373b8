-- The city-weeks that were due at `ts`; `is_missing`: no return of theirs was accepted then.
SELECT iso_week, city, status NOT IN ('on_time', 'late') AS is_missing
FROM expected_then
WHERE known_to IS NULL
