-- The weeks that the published file and the warehouse did not compute from the same returns.
WITH
published AS (
    SELECT iso_week, digest
    FROM consolidation.computed_weeks
    WHERE edition = $edition
),

loaded AS (
    SELECT iso_week, digest
    FROM warehouse.consolidation.computed_weeks
    WHERE edition = $edition
)

SELECT DISTINCT iso_week
FROM ((FROM published EXCEPT FROM loaded) UNION ALL (FROM loaded EXCEPT FROM published))
