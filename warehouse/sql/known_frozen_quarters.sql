-- The quarters that were frozen at `ts`.
SELECT DISTINCT quarter
FROM releases
WHERE frozen_at <= CAST(ts AS TIMESTAMPTZ)
