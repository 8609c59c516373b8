-- The weeks that returns in the warehouse are for.
SELECT DISTINCT iso_week
FROM warehouse.main.submissions
WHERE edition = $edition
