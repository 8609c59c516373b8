-- How full was each house, month by month?
-- A ratio is never averaged: nights are summed, and divided last. Only weeks that give both figures count.
WITH
nights AS (
    PIVOT (
        SELECT iso_week, city, service_point, measure, value
        FROM observations
        WHERE measure IN ('nights_occupied', 'nights_available')
            AND breakdown = 'total'
            AND flag = 'V'
    )
    ON measure IN ('nights_occupied', 'nights_available')
    USING first(value)
)

SELECT weeks.month, nights.city, nights.service_point, service_points.name,
    sum(nights_occupied) AS occupied,
    sum(nights_available) AS available,
    100 * sum(nights_occupied) / nullif(sum(nights_available), 0) AS percent,
    count(*) AS weeks
FROM nights
JOIN weeks USING (iso_week)
JOIN service_points ON service_points.code = nights.service_point
WHERE nights_occupied IS NOT NULL
    AND nights_available IS NOT NULL
GROUP BY ALL
ORDER BY ALL
