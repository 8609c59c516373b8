-- How the totals of a city moved after they were first known: one row is a measure and a week (the rows of
-- the triangle) so many weeks after the week's first valid return (its columns). What was received last is in
-- the last column of each row. value: the sum of the city's service points as it was known then; NULL where no
-- service point had a value then.
WITH
known AS (
    SELECT measure, iso_week, value, known_from, known_to
    FROM observations_history
    WHERE edition = $edition
        AND city = $city
        AND breakdown = 'total'
        AND value IS NOT NULL
        AND list_contains($measures, measure)
),

firsts AS (
    SELECT iso_week, min(known_from) AS first_known_at
    FROM observations_history
    WHERE edition = $edition AND city = $city
    GROUP BY iso_week
),

landing AS (
    SELECT max(received_at) AS last_received_at FROM submissions WHERE edition = $edition
),

instants AS (
    SELECT iso_week, unnest(
        range(CAST(ceil(date_diff('second', first_known_at, last_received_at) / 604800) AS BIGINT) + 1)
    ) AS weeks_since, first_known_at + to_days(CAST(7 * weeks_since AS INTEGER)) AS known_at
    FROM firsts
    CROSS JOIN landing
),

rows_shown AS (
    SELECT DISTINCT measure, iso_week FROM known
),

figures AS (
    SELECT rows_shown.measure, instants.iso_week, instants.weeks_since, sum(known.value) AS value
    FROM rows_shown
    JOIN instants USING (iso_week)
    LEFT JOIN known
        ON known.measure = rows_shown.measure
        AND known.iso_week = instants.iso_week
        AND known.known_from <= instants.known_at
        AND (known.known_to IS NULL OR known.known_to > instants.known_at)
    GROUP BY ALL
)

SELECT measure, iso_week, weeks_since, value,
    first_value(value) OVER (PARTITION BY measure, iso_week ORDER BY weeks_since) AS first_published
FROM figures
ORDER BY measure, iso_week, weeks_since
