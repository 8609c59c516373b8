-- The cells that each service point (and each city as a whole) owes of a measure in a week, by what became of them.
WITH
owed AS (
    SELECT
        measures.code AS measure,
        measures.area,
        measures.service_kind,
        1 + count(code_lists.code) AS cells
    FROM measures
    LEFT JOIN code_lists ON list_contains(measures.breakdowns, code_lists.list)
    GROUP BY ALL
),

points AS (
    SELECT city, code AS service_point, kind AS service_kind, roster_from, roster_to
    FROM service_points

    UNION ALL

    SELECT slug AS city, '' AS service_point, 'city' AS service_kind, NULL AS roster_from, NULL AS roster_to
    FROM cities_now
),

due AS (
    SELECT due.edition, due.iso_week, due.city, points.service_point, points.service_kind, owed.area, owed.measure,
        due.status AS return_status, owed.cells
    FROM expected_returns AS due
    JOIN points
        ON points.city = due.city
        AND coalesce(points.roster_from <= due.iso_week, true)
        AND coalesce(due.iso_week <= points.roster_to, true)
    JOIN owed USING (service_kind)
    WHERE due.known_to IS NULL
),

nil AS (
    SELECT DISTINCT due.edition, due.iso_week, due.city, due.service_point, due.measure, true AS is_nil
    FROM due
    JOIN nil_returns
        ON nil_returns.edition = due.edition
        AND nil_returns.iso_week = due.iso_week
        AND nil_returns.city = due.city
        AND nil_returns.service_point IN ('', due.service_point)
        AND (nil_returns.service_point <> '' OR nil_returns.area = due.area)
    WHERE nil_returns.known_to IS NULL
),

written AS (
    SELECT edition, iso_week, city, service_point, measure,
        count(*) FILTER (flag = 'V') AS with_value,
        count(*) FILTER (flag = 'ND') AS not_available,
        count(*) FILTER (flag = 'NA') AS not_applicable
    FROM observations
    GROUP BY ALL
),

told AS (
    SELECT
        due.*,
        coalesce(nil.is_nil, false) AS is_nil,
        CASE WHEN is_nil THEN cells ELSE coalesce(with_value, 0) END AS answered,
        CASE WHEN is_nil THEN 0 ELSE coalesce(not_available, 0) END AS without,
        CASE WHEN is_nil THEN 0 ELSE coalesce(not_applicable, 0) END AS inapplicable
    FROM due
    LEFT JOIN nil USING (edition, iso_week, city, service_point, measure)
    LEFT JOIN written USING (edition, iso_week, city, service_point, measure)
)

SELECT
    edition,
    iso_week,
    city,
    service_point,
    service_kind,
    area,
    measure,
    return_status,
    is_nil,
    CAST(cells - inapplicable AS INTEGER) AS cells_due,
    CAST(answered AS INTEGER) AS cells_answered,
    CAST(without AS INTEGER) AS cells_not_available,
    CAST(cells - inapplicable - answered - without AS INTEGER) AS cells_not_reported,
    CAST(inapplicable AS INTEGER) AS cells_not_applicable
FROM told
