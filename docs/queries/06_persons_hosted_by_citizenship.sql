-- From which countries do the persons hosted come, and what is each one's share of those whose country is known?
SELECT category AS country, category_label, value AS persons,
    100 * value / sum(value) FILTER (category <> 'ND') OVER () AS percent_of_known
FROM indicators_labelled
WHERE edition = 'lgnet2'
    AND city = 'IT'
    AND indicator = 'HOU02'
    AND period_kind = 'edition_to_date'
    AND breakdown = 'citizenship'
    AND value > 0
QUALIFY period = max(period) OVER ()
ORDER BY persons DESC, country
