-- The waivers that had been decided by `ts`.
FROM waivers
WHERE decided_at <= CAST(ts AS TIMESTAMPTZ)
