-- What was known of a city's week, from each instant at which its figures could change to the next: a return
-- was accepted, in time or not, or something was declared nil, or ceased to be. State 0: nothing of all that yet.
-- `wanted_weeks`, `edition_cities`: handed in.
WITH
due AS (
    SELECT iso_week, city, status, submission_id, known_from, known_to
    FROM expected_returns
    WHERE edition = $edition AND iso_week BETWEEN $first AND $last AND list_contains($weeks, iso_week)
),

accepted AS (
    FROM due
    WHERE status IN ('on_time', 'late')
),

changes AS (
    SELECT iso_week, city, CAST(NULL AS TIMESTAMPTZ) AS known_from
    FROM wanted_weeks
    CROSS JOIN edition_cities

    UNION

    SELECT iso_week, city, known_from
    FROM accepted

    UNION

    SELECT iso_week, city, unnest(list_filter([known_from, known_to], lambda instant: instant IS NOT NULL))
    FROM nil_returns
    WHERE edition = $edition AND list_contains($weeks, iso_week)
),

states AS (
    SELECT
        iso_week,
        city,
        row_number() OVER in_time - 1 AS state,
        known_from,
        lead(known_from) OVER in_time AS known_to
    FROM changes
    WINDOW in_time AS (PARTITION BY iso_week, city ORDER BY known_from NULLS FIRST)
)

SELECT
    $edition AS edition,
    states.iso_week,
    states.city,
    states.state,
    EXISTS (FROM due WHERE due.iso_week = states.iso_week AND due.city = states.city) AS is_due,
    accepted.status AS accepted_as,
    accepted.submission_id,
    states.known_from,
    states.known_to
FROM states
LEFT JOIN accepted
    ON accepted.iso_week = states.iso_week
    AND accepted.city = states.city
    AND accepted.known_from <= states.known_from
    AND (accepted.known_to IS NULL OR states.known_from < accepted.known_to)
