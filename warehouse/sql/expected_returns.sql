-- The states that each city-week was known in, as far as it is due.
-- `due_returns`: edition, city, iso_week, opens_at (the Monday after the week), due_at. `arrivals`: the returns
-- that came, and since when each is accepted; all of the edition's, as the last one tells what has passed.
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

firsts AS (
    SELECT city, iso_week, min(received_at) AS came_at, min(accepted_from) AS accepted_from
    FROM arrivals
    GROUP BY ALL
),

events AS (
    SELECT edition, city, iso_week, due_at, opens_at AS known_from, 0 AS turn, 0 AS version,
        NULL AS submission_id, 'awaited' AS status
    FROM due

    UNION ALL BY NAME

    SELECT due.edition, due.city, due.iso_week, due.due_at, due.due_at AS known_from, 1 AS turn, 0 AS version,
        NULL AS submission_id, 'missing' AS status
    FROM due
    CROSS JOIN landing
    LEFT JOIN firsts USING (city, iso_week)
    WHERE due.due_at <= landing.last_received_at AND (firsts.came_at IS NULL OR due.due_at < firsts.came_at)

    UNION ALL BY NAME

    -- Rejected as it came: one that is accepted since was so until it was judged again.
    SELECT due.edition, due.city, due.iso_week, due.due_at,
        greatest(arrivals.received_at, due.opens_at) AS known_from,
        2 AS turn, arrivals.version, arrivals.submission_id, 'rejected' AS status
    FROM due
    JOIN arrivals USING (city, iso_week)
    JOIN firsts USING (city, iso_week)
    WHERE (arrivals.accepted_from IS NULL OR arrivals.received_at < arrivals.accepted_from)
        AND (firsts.accepted_from IS NULL OR arrivals.received_at < firsts.accepted_from)

    UNION ALL BY NAME

    -- By the first to come of those accepted so far.
    SELECT due.edition, due.city, due.iso_week, due.due_at,
        greatest(arrivals.accepted_from, due.opens_at) AS known_from,
        3 AS turn, arrivals.version, arrivals.submission_id,
        CASE
            WHEN min(arrivals.received_at) OVER (
                PARTITION BY due.city, due.iso_week ORDER BY arrivals.accepted_from
            ) <= due.due_at THEN 'on_time'
            ELSE 'late'
        END AS status
    FROM due
    JOIN arrivals USING (city, iso_week)
    WHERE arrivals.accepted_from IS NOT NULL
),

states AS (
    SELECT *, lead(known_from) OVER (
        PARTITION BY city, iso_week ORDER BY known_from, turn, version, submission_id
    ) AS known_to
    FROM events
)

SELECT edition, city, iso_week, due_at, status, submission_id, known_from, known_to
FROM states
WHERE known_to IS NULL OR known_from < known_to
