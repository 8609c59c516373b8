-- The totals of some weeks: by city and for the network, and the network's from the edition's first week on.
SELECT
    indicator,
    period_kind,
    period,
    city,
    value,
    numerator,
    denominator,
    cells_answered,
    cells_due,
    is_provisional
FROM indicators
WHERE edition = $edition
    AND breakdown = 'total'
    AND period IN (SELECT unnest($weeks))
    AND (period_kind = 'week' OR (period_kind = 'edition_to_date' AND city = $network))
ORDER BY ALL
