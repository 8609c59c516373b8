-- The parts of the weeks from one week on.
SELECT iso_week, city, part, value, cells_answered, cells_due
FROM consolidation.weekly_parts
WHERE edition = $edition AND iso_week >= $first
