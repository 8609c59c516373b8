-- The weeks that returns and acts in the warehouse are for.
SELECT DISTINCT iso_week
FROM warehouse.consolidation.held
WHERE edition = $edition
