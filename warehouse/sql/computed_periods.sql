-- The periods that the warehouse holds indicators of.
SELECT DISTINCT period_kind, period
FROM warehouse.main.indicators
WHERE edition = $edition
