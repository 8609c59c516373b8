-- What was declared nil in some weeks, in each state that these were known in.
SELECT iso_week, city, wanted_states.state, service_point, area
FROM wanted_states
JOIN nil_returns USING (edition, iso_week, city)
WHERE nil_returns.known_from <= wanted_states.known_from
    AND (nil_returns.known_to IS NULL OR wanted_states.known_from < nil_returns.known_to)
