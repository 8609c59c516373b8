-- The parts of some weeks in a row, as they are now known.
SELECT weekly.edition, weekly.iso_week, weekly.city, weekly.part, weekly.value, weekly.cells_answered,
    weekly.cells_due
FROM consolidation.weekly_parts AS weekly
JOIN consolidation.known_states AS states USING (edition, iso_week, city, state)
WHERE weekly.edition = $edition
    AND weekly.iso_week BETWEEN $first AND $last
    AND states.known_to IS NULL
