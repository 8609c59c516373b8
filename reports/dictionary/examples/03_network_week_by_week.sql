-- How did a few figures of the network move, week by week, and on how much of the data do they rest?
PIVOT (
    SELECT period AS week, indicator, value
    FROM indicators
    WHERE city = 'IT'
        AND period_kind = 'week'
        AND breakdown = 'total'
        AND indicator IN ('PIC06', 'HOU02', 'CIV02', 'NET05')
)
ON indicator IN ('PIC06', 'HOU02', 'CIV02', 'NET05')
USING first(value)
ORDER BY week
