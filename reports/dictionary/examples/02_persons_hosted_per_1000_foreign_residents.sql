-- How many persons were hosted for every 1,000 foreign residents, by city and for the network?
-- Persons of the edition to date (HOU02, each counted once), at the last week; residents on 1 January of that year.
WITH
hosted AS (
    SELECT city, period AS week, period_end, value AS persons, coverage
    FROM indicators_labelled
    WHERE indicator = 'HOU02'
        AND period_kind = 'edition_to_date'
        AND breakdown = 'total'
    QUALIFY period = max(period) OVER ()
),

residents AS (
    SELECT city, on_1_january_of, foreign_residents
    FROM foreign_residents

    UNION ALL BY NAME

    SELECT 'IT' AS city, on_1_january_of, sum(foreign_residents) AS foreign_residents
    FROM foreign_residents
    WHERE city IN (SELECT city FROM hosted)
    GROUP BY on_1_january_of
)

SELECT hosted.city, hosted.week, hosted.persons, residents.foreign_residents,
    1000 * hosted.persons / residents.foreign_residents AS per_1000_foreign_residents, hosted.coverage
FROM hosted
LEFT JOIN residents ON residents.city = hosted.city AND residents.on_1_january_of = year(hosted.period_end)
ORDER BY per_1000_foreign_residents DESC NULLS LAST, city
