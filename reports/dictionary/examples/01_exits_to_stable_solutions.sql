-- How many of those who left housing went to a stable solution, by city and quarter?
-- HOU09 in percent; numerator and denominator are persons. An empty value: nobody left, or nothing was answered.
SELECT city, city_name, period AS quarter, value AS percent, numerator AS stable, denominator AS all_exits,
    coverage, is_partial
FROM indicators_labelled
WHERE indicator = 'HOU09'
    AND period_kind = 'quarter'
    AND breakdown = 'total'
ORDER BY quarter, city
