-- The last week with an accepted return, and the last one whose due returns are known.
SELECT
    (SELECT max(iso_week) FROM submissions WHERE edition = $edition AND status <> 'rejected') AS horizon,
    (SELECT max(iso_week) FROM expected_returns WHERE edition = $edition) AS known_horizon
