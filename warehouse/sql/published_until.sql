-- How far a published file goes: its last week with an accepted return, and the last arrival it knows of.
SELECT
    (SELECT max(iso_week) FROM submissions WHERE edition = $edition AND status <> 'rejected') AS horizon,
    (SELECT max(received_at) FROM submissions WHERE edition = $edition) AS known_at
