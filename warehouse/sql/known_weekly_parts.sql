-- The parts of the weeks that were due at `ts`, in the state in which each was known then.
SELECT weekly.edition, weekly.iso_week, weekly.city, weekly.part, weekly.value, weekly.cells_answered,
    weekly.cells_due
FROM consolidation.weekly_parts AS weekly
JOIN consolidation.known_states AS states USING (iso_week, city, state)
WHERE (states.known_from IS NULL OR states.known_from <= CAST(ts AS TIMESTAMPTZ))
    AND (states.known_to IS NULL OR CAST(ts AS TIMESTAMPTZ) < states.known_to)
    AND weekly.iso_week <= (SELECT max(iso_week) FROM expected_then)
