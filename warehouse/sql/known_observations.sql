-- The values of some weeks in each state that these were known in, as far as indicators need them.
SELECT
    iso_week,
    city,
    wanted_states.state,
    service_point,
    measure,
    breakdown,
    category,
    value,
    flag
FROM wanted_states
JOIN observations_history AS observations USING (edition, iso_week, city, submission_id)
WHERE observations.edition = $edition
    AND observations.iso_week BETWEEN $first AND $last
    AND list_contains($weeks, observations.iso_week)
