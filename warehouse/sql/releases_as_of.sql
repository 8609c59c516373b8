-- The releases that had been made by `ts`.
FROM releases
WHERE frozen_at <= CAST(ts AS TIMESTAMPTZ)
