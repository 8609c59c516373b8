-- What stands behind a city's cells in a month: values, zeros, not available, not applicable, not reported?
-- A blank cell is not reported: it has no row. Cells that a nil declaration answers have none either.
WITH
given AS (
    SELECT observations.city, weeks.month,
        count(*) FILTER (flag = 'V' AND value <> 0) AS above_zero,
        count(*) FILTER (flag = 'V' AND value = 0) AS zeros,
        count(*) FILTER (flag = 'ND') AS not_available,
        count(*) FILTER (flag = 'NA') AS not_applicable
    FROM observations
    JOIN weeks USING (iso_week)
    GROUP BY ALL
),

counted AS (
    SELECT city, period AS month, cells_answered, cells_due
    FROM indicators
    WHERE indicator = 'NET05'
        AND period_kind = 'month'
        AND breakdown = 'total'
        AND city <> 'IT'
)

SELECT counted.city, month, above_zero, zeros, not_available, not_applicable,
    cells_answered - coalesce(above_zero + zeros, 0) AS answered_by_nil,
    cells_due - cells_answered - coalesce(not_available, 0) AS not_reported
FROM counted
LEFT JOIN given USING (city, month)
ORDER BY month, city
