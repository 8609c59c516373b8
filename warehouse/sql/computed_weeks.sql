-- The weeks whose indicators are computed, and of which verdicts.
SELECT iso_week, digest
FROM consolidation.computed_weeks
WHERE edition = $edition
