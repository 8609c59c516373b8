-- The states that each city-week of some weeks, as far as it is due, was known in.
-- `due_returns` is handed in: city, iso_week, opens_at (the Monday after the week), due_at.
WITH
arrivals AS (
    SELECT city, iso_week, submission_id, coalesce(version, 0) AS version, received_at,
        status <> 'rejected' AS is_accepted
    FROM submissions
    WHERE edition = $edition AND city IS NOT NULL AND list_contains($weeks, iso_week)
),

landing AS (
    SELECT max(received_at) AS last_received_at, max(iso_week) FILTER (status <> 'rejected') AS horizon
    FROM submissions
    WHERE edition = $edition
),

due AS (
    SELECT *
    FROM due_returns
    WHERE iso_week <= (SELECT horizon FROM landing)
),

firsts AS (
    SELECT city, iso_week, min(received_at) AS came_at, min(received_at) FILTER (is_accepted) AS accepted_at
    FROM arrivals
    GROUP BY ALL
),

events AS (
    SELECT city, iso_week, due_at, opens_at AS known_from, 0 AS turn, 0 AS version, NULL AS submission_id,
        'awaited' AS status
    FROM due

    UNION ALL BY NAME

    SELECT due.city, due.iso_week, due.due_at, due.due_at AS known_from, 1 AS turn, 0 AS version,
        NULL AS submission_id, 'missing' AS status
    FROM due
    CROSS JOIN landing
    LEFT JOIN firsts USING (city, iso_week)
    WHERE due.due_at <= landing.last_received_at AND (firsts.came_at IS NULL OR due.due_at < firsts.came_at)

    UNION ALL BY NAME

    SELECT due.city, due.iso_week, due.due_at, greatest(arrivals.received_at, due.opens_at) AS known_from,
        2 AS turn, arrivals.version, arrivals.submission_id, 'rejected' AS status
    FROM due
    JOIN arrivals USING (city, iso_week)
    JOIN firsts USING (city, iso_week)
    WHERE NOT arrivals.is_accepted
        AND (firsts.accepted_at IS NULL OR arrivals.received_at < firsts.accepted_at)

    UNION ALL BY NAME

    SELECT due.city, due.iso_week, due.due_at, greatest(arrivals.received_at, due.opens_at) AS known_from,
        3 AS turn, arrivals.version, arrivals.submission_id,
        CASE WHEN firsts.accepted_at <= due.due_at THEN 'on_time' ELSE 'late' END AS status
    FROM due
    JOIN arrivals USING (city, iso_week)
    JOIN firsts USING (city, iso_week)
    WHERE arrivals.is_accepted
),

states AS (
    SELECT *, lead(known_from) OVER (
        PARTITION BY city, iso_week ORDER BY known_from, turn, version, submission_id
    ) AS known_to
    FROM events
)

SELECT $edition AS edition, city, iso_week, due_at, status, submission_id, known_from, known_to
FROM states
WHERE known_to IS NULL OR known_from < known_to
