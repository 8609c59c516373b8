-- The city-weeks for which the roster asks a return, each with its deadline as it was known at `ts`.
SELECT edition, city, iso_week, opens_at, due_at
FROM consolidation.due_returns
