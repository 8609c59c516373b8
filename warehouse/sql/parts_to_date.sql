-- What each part has come to in the edition so far, at the end of each of some weeks in a row.
-- `weekly_parts_then`: those weeks. `parts_before`: what had been reached before the first of them.
WITH
steps AS (
    SELECT edition, iso_week, city, part, value AS total, value AS latest,
        CAST(value IS NOT NULL AS INTEGER) AS weeks_answered, cells_answered, cells_due, true AS is_wanted
    FROM weekly_parts_then

    UNION ALL BY NAME

    SELECT edition, iso_week, city, part, total, latest, weeks_answered, cells_answered, cells_due, false AS is_wanted
    FROM parts_before
),

running AS (
    SELECT
        edition,
        iso_week,
        city,
        part,
        is_wanted,
        sum(total) OVER so_far AS total,
        last_value(latest IGNORE NULLS) OVER so_far AS latest,
        sum(weeks_answered) OVER so_far AS weeks_answered,
        sum(cells_answered) OVER so_far AS cells_answered,
        sum(cells_due) OVER so_far AS cells_due
    FROM steps
    WINDOW so_far AS (PARTITION BY city, part ORDER BY iso_week)
)

SELECT * EXCLUDE (is_wanted)
FROM running
WHERE is_wanted
