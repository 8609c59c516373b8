-- The totals of a city's indicators in the weeks of an edition.
SELECT indicator, value
FROM indicators
WHERE edition = $edition AND city = $city AND period_kind = 'week' AND breakdown = 'total'
ORDER BY ALL
