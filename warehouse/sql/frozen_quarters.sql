-- The quarters of which a release is published.
SELECT DISTINCT quarter
FROM releases
WHERE edition = $edition
