-- The weeks, each with the deadline that held for the network at `ts`.
SELECT weeks.* REPLACE (coalesce(known.due_at, weeks.due_at) AS due_at)
FROM weeks
LEFT JOIN (
    SELECT iso_week, due_at
    FROM deadlines
    WHERE city = 'IT'
        AND known_from <= CAST(ts AS TIMESTAMPTZ)
        AND (known_to IS NULL OR CAST(ts AS TIMESTAMPTZ) < known_to)
) AS known USING (iso_week)
