-- What `deadlines` held at `ts`: what was known later is not there, nor when it ended, where that was later. A
-- city has rows of its own only from the first time on that its deadline was not the network's.
WITH
apart AS (
    SELECT iso_week, city, min(known_from) AS apart_from
    FROM deadlines
    ANTI JOIN (FROM deadlines WHERE city = 'IT') AS of_all USING (iso_week, known_from)
    WHERE city <> 'IT'
    GROUP BY ALL
)

SELECT deadlines.* REPLACE (
    CASE WHEN deadlines.known_to <= CAST(ts AS TIMESTAMPTZ) THEN deadlines.known_to END AS known_to
)
FROM deadlines
LEFT JOIN apart USING (iso_week, city)
WHERE deadlines.known_from <= CAST(ts AS TIMESTAMPTZ)
    AND (deadlines.city = 'IT' OR apart.apart_from <= CAST(ts AS TIMESTAMPTZ))
