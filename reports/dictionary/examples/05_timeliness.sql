-- Which cities send on time, and how many of their weeks came late, or not at all?
-- A city-week that is due is one row, whether a return came or not: a rate never passes 100.
SELECT
    expected_returns.city,
    count(*) AS due,
    count(*) FILTER (expected_returns.status = 'on_time') AS on_time,
    count(*) FILTER (expected_returns.status = 'late') AS late,
    count(*) FILTER (expected_returns.status IN ('missing', 'rejected', 'awaited')) AS without_a_return,
    100.0 * count(*) FILTER (expected_returns.status = 'on_time') / count(*) AS percent_on_time
FROM expected_returns
WHERE known_to IS NULL
GROUP BY expected_returns.city
ORDER BY percent_on_time, city
