-- What is published of a figure in a period: of one city, or of the network and every city.
SELECT city, value, numerator, denominator, cells_answered, cells_due, is_partial, is_provisional
FROM indicators
WHERE edition = $edition
    AND indicator = $indicator
    AND period_kind = $period_kind
    AND period = $period
    AND breakdown = $breakdown
    AND category = $category
    AND ($city IS NULL OR city = $city)
