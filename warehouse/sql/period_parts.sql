-- The parts of indicators by city and period: weeks, months and quarters from their weeks, editions to date
-- from what had been reached by their last week.
-- `weekly_parts_then`, `parts_to_date_then`: as they are known now, or were at any instant.
SELECT
    periods.period_kind,
    periods.period,
    weekly.city,
    weekly.part,
    sum(weekly.value) AS total,
    arg_max(weekly.value, weekly.iso_week) AS latest,
    count(weekly.value) AS weeks_answered,
    sum(weekly.cells_answered) AS cells_answered,
    sum(weekly.cells_due) AS cells_due
FROM wanted_periods AS periods
JOIN weekly_parts_then AS weekly ON weekly.iso_week BETWEEN periods.first_week AND periods.last_week
WHERE periods.period_kind <> 'edition_to_date'
GROUP BY ALL

UNION ALL BY NAME

SELECT
    periods.period_kind,
    periods.period,
    reached.city,
    reached.part,
    reached.total,
    reached.latest,
    reached.weeks_answered,
    reached.cells_answered,
    reached.cells_due
FROM wanted_periods AS periods
JOIN parts_to_date_then AS reached ON reached.iso_week = periods.period
WHERE periods.period_kind = 'edition_to_date'
