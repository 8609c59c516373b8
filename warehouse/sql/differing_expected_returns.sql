-- The weeks whose due returns are not known in the same states in the published file and in the warehouse.
WITH
published AS (
    FROM expected_returns
    WHERE edition = $edition
),

loaded AS (
    FROM warehouse.main.expected_returns
    WHERE edition = $edition
)

SELECT DISTINCT iso_week
FROM ((FROM published EXCEPT FROM loaded) UNION ALL (FROM loaded EXCEPT FROM published))
