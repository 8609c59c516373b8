-- How far a published file goes: its first and last week with an accepted return, and the last arrival it knows.
SELECT
    min(iso_week) FILTER (status <> 'rejected') AS first_week,
    max(iso_week) FILTER (status <> 'rejected') AS horizon,
    max(received_at) AS known_at
FROM submissions
WHERE edition = $edition
