-- The city-weeks of a period that are due, with the return now valid (NULL: none) and the first accepted one.
WITH
firsts AS (
    SELECT city, iso_week, arg_min(submission_id, known_from) AS submission_id
    FROM expected_returns
    WHERE edition = $edition AND status IN ('on_time', 'late')
    GROUP BY ALL
)

SELECT
    due.city,
    due.iso_week,
    due.status,
    due.due_at,
    first_one.received_at AS first_received_at,
    valid.submission_id,
    valid.version,
    valid.received_at,
    valid.file_names,
    valid.layout
FROM expected_returns AS due
LEFT JOIN firsts USING (city, iso_week)
LEFT JOIN submissions AS first_one ON first_one.submission_id = firsts.submission_id
LEFT JOIN submissions AS valid
    ON due.status IN ('on_time', 'late') AND valid.submission_id = due.submission_id
WHERE due.edition = $edition
    AND due.known_to IS NULL
    AND due.iso_week BETWEEN $first AND $last
    AND ($city IS NULL OR due.city = $city)
