-- The network's totals of some weeks and from the edition's first week on; by city, of the weeks compared.
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
    AND (
        (period_kind IN ('week', 'edition_to_date') AND city = $network)
        OR (period_kind = 'week' AND period IN (SELECT unnest($compared)))
    )
ORDER BY ALL
