-- From which countries do the persons hosted come, and what is each one's share of those whose country is known?
WITH
hosted AS (
    SELECT category AS country, category_label, value AS persons
    FROM indicators_labelled
    WHERE city = 'IT'
        AND indicator = 'HOU02'
        AND period_kind = 'edition_to_date'
        AND breakdown = 'citizenship'
    QUALIFY period = max(period) OVER ()
)

SELECT country, category_label, persons,
    100 * persons / sum(persons) FILTER (country <> 'ND') OVER () AS percent_of_known
FROM hosted
WHERE persons > 0
ORDER BY persons DESC, country
