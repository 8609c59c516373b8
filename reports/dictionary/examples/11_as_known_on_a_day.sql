-- What did the network's figures say on a Thursday morning, and what do they say of the same weeks today?
SELECT now.indicator, now.indicator_label, now.period AS week, known.value AS as_known_then, now.value AS now,
    now.value - known.value AS difference
FROM indicators_labelled AS now
JOIN indicators_as_of(TIMESTAMPTZ '2023-10-19 06:00:00+02') AS known
    USING (edition, indicator, period_kind, period, city, breakdown, category)
WHERE now.city = 'IT'
    AND now.period_kind = 'week'
    AND now.breakdown = 'total'
    AND now.value IS DISTINCT FROM known.value
ORDER BY week, indicator
