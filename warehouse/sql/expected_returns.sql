-- The states that each city-week was known in, as far as it is due.
-- `due_returns`, a row for each deadline that a city-week ever had: edition, city, iso_week, opens_at (the Monday
-- after the week), due_at, and from when to when that was its deadline: due_known_from, due_known_to. `arrivals`:
-- the returns that came, and since when each is accepted; all of the edition's, as the last one tells what passed.
WITH
landing AS (
    SELECT
        max(received_at) AS last_received_at,
        max(iso_week) FILTER (accepted_from IS NOT NULL) AS horizon
    FROM arrivals
),

due AS (
    SELECT *
    FROM due_returns
    WHERE iso_week <= (SELECT horizon FROM landing)
),

-- At each of them the state may become another one.
instants AS (
    SELECT city, iso_week, greatest(opens_at, unnest([opens_at, due_at, due_known_from])) AS instant
    FROM due

    UNION

    SELECT due.city, due.iso_week, greatest(opens_at, unnest([received_at, accepted_from])) AS instant
    FROM due
    JOIN arrivals USING (city, iso_week)
),

-- A return counts by the deadline that was known at the instant, and by its arrival, however late it was accepted.
states AS (
    SELECT
        due.edition,
        instants.city,
        instants.iso_week,
        instants.instant,
        due.due_at,
        CASE
            WHEN bool_or(accepted_from <= instant)
                THEN if(min(received_at) FILTER (accepted_from <= instant) <= due.due_at, 'on_time', 'late')
            WHEN bool_or(received_at <= instant) THEN 'rejected'
            WHEN due.due_at <= instant AND due.due_at <= last_received_at THEN 'missing'
            ELSE 'awaited'
        END AS status,
        coalesce(
            arg_max(submission_id, (accepted_from, version, submission_id)) FILTER (accepted_from <= instant),
            arg_max(submission_id, (received_at, version, submission_id)) FILTER (received_at <= instant)
        ) AS submission_id
    FROM instants
    JOIN due
        ON due.city = instants.city
        AND due.iso_week = instants.iso_week
        AND due_known_from <= instant
        AND coalesce(instant < due_known_to, true)
    CROSS JOIN landing
    LEFT JOIN arrivals ON arrivals.city = instants.city AND arrivals.iso_week = instants.iso_week
    GROUP BY due.edition, instants.city, instants.iso_week, instants.instant, due.due_at, last_received_at
),

changes AS (
    FROM states
    WINDOW of_city_week AS (PARTITION BY city, iso_week ORDER BY instant)
    QUALIFY (status, submission_id, due_at) IS DISTINCT FROM lag((status, submission_id, due_at)) OVER of_city_week
)

SELECT
    edition,
    city,
    iso_week,
    due_at,
    status,
    submission_id,
    instant AS known_from,
    lead(instant) OVER (PARTITION BY city, iso_week ORDER BY instant) AS known_to
FROM changes
