-- The city-weeks for which the roster asks a return, in each deadline that had been known of them by `ts`.
WITH
own AS (
    SELECT DISTINCT iso_week, city
    FROM deadlines
    WHERE city <> 'IT'
)

SELECT
    due.edition,
    due.city,
    due.iso_week,
    due.opens_at,
    deadlines.due_at,
    deadlines.known_from AS due_known_from,
    deadlines.known_to AS due_known_to
FROM consolidation.due_weeks AS due
LEFT JOIN own USING (iso_week, city)
JOIN deadlines
    ON deadlines.iso_week = due.iso_week
    AND deadlines.city = CASE WHEN own.city IS NULL THEN 'IT' ELSE due.city END
WHERE deadlines.known_from <= CAST(ts AS TIMESTAMPTZ)
