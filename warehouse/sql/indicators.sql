-- Every indicator of every city and of the network, in some periods: from what its parts are in weeks.
-- `period_parts`: the parts by city and period. `wanted_periods`, `indicator_parts`, `indicator_scales`: the
-- contract. `returns_then`: the city-weeks that are due, those without an accepted return among them.
WITH
city_figures AS (
    SELECT
        period_kind,
        period,
        city,
        part,
        -- A mean is a quotient: kept to 15 decimals, so that its sum does not hang on the order of cities.
        CASE indicator_parts.over_weeks
            WHEN 'sum' THEN CAST(total AS DECIMAL(38, 15))
            WHEN 'last' THEN CAST(latest AS DECIMAL(38, 15))
            WHEN 'mean' THEN CAST(CAST(total AS DOUBLE) / nullif(weeks_answered, 0) AS DECIMAL(38, 15))
            ELSE error('no such way over weeks: ' || indicator_parts.over_weeks)
        END AS figure,
        cells_answered,
        cells_due
    FROM period_parts
    JOIN indicator_parts USING (part)
),

figures AS (
    FROM city_figures

    UNION ALL BY NAME

    SELECT period_kind, period, 'IT' AS city, part, sum(figure) AS figure,
        sum(cells_answered) AS cells_answered, sum(cells_due) AS cells_due
    FROM city_figures
    GROUP BY period_kind, period, part
),

sides AS (
    SELECT
        period_kind,
        period,
        city,
        indicator,
        breakdown,
        category,
        CAST(max(figure) FILTER (side = 'value') AS DOUBLE) AS plain,
        CAST(max(figure) FILTER (side = 'numerator') AS DOUBLE) AS numerator,
        CAST(max(figure) FILTER (side = 'denominator') AS DOUBLE) AS denominator,
        CAST(sum(cells_answered) AS INTEGER) AS cells_answered,
        CAST(sum(cells_due) AS INTEGER) AS cells_due
    FROM figures
    JOIN indicator_parts USING (part)
    GROUP BY ALL
),

-- Partial: a return due in the period is missing; for the network, any city's.
missing_in AS (
    SELECT DISTINCT
        periods.period_kind,
        periods.period,
        unnest([missing.city, 'IT']) AS city
    FROM wanted_periods AS periods
    JOIN returns_then AS missing
        ON missing.is_missing AND missing.iso_week BETWEEN periods.first_week AND periods.last_week
)

SELECT
    periods.edition,
    sides.indicator,
    sides.period_kind,
    sides.period,
    periods.period_start,
    periods.period_end,
    sides.city,
    sides.breakdown,
    sides.category,
    CASE
        WHEN scales.is_ratio THEN scales.scale * sides.numerator / nullif(sides.denominator, 0)
        ELSE scales.scale * sides.plain
    END AS value,
    sides.numerator,
    sides.denominator,
    sides.cells_answered,
    sides.cells_due,
    periods.runs_past_horizon OR missing_in.city IS NOT NULL AS is_partial,
    periods.is_provisional
FROM sides
JOIN wanted_periods AS periods USING (period_kind, period)
JOIN indicator_scales AS scales USING (indicator)
LEFT JOIN missing_in USING (period_kind, period, city)
