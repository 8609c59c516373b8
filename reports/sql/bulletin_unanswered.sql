-- The cells of some weeks that accepted returns left without a value: not available, or not reported.
-- What is declared nil is answered; what does not apply is not due.
WITH
counted AS (
    SELECT code AS measure, area, service_kind, unnest(list_concat(['total'], breakdowns)) AS breakdown
    FROM measures
),

cells AS (
    SELECT measure, area, service_kind, count(*) AS cells
    FROM counted
    LEFT JOIN code_lists ON code_lists.list = counted.breakdown
    GROUP BY ALL
),

answering AS (
    SELECT iso_week, city
    FROM expected_returns
    WHERE edition = $edition
        AND known_to IS NULL
        AND status IN ('on_time', 'late')
        AND iso_week IN (SELECT unnest($weeks))
),

points AS (
    SELECT iso_week, city, code AS service_point, kind AS service_kind
    FROM answering
    JOIN service_points USING (city)
    WHERE iso_week >= roster_from AND (roster_to IS NULL OR iso_week <= roster_to)

    UNION ALL

    SELECT iso_week, city, '' AS service_point, 'city' AS service_kind
    FROM answering
),

given AS (
    SELECT
        iso_week,
        city,
        service_point,
        measure,
        count(*) AS cells,
        count(*) FILTER (flag = 'ND') AS not_available
    FROM observations
    WHERE edition = $edition AND iso_week IN (SELECT unnest($weeks))
    GROUP BY ALL
),

nils AS (
    SELECT iso_week, city, service_point, area
    FROM nil_returns
    WHERE edition = $edition AND known_to IS NULL
)

SELECT
    points.iso_week,
    points.city,
    points.service_point,
    cells.measure,
    coalesce(given.not_available, 0) AS not_available,
    cells.cells - coalesce(given.cells, 0) AS not_reported
FROM points
JOIN cells USING (service_kind)
LEFT JOIN given USING (iso_week, city, service_point, measure)
WHERE (not_available > 0 OR not_reported > 0)
    AND NOT EXISTS (
        FROM nils
        WHERE nils.iso_week = points.iso_week
            AND nils.city = points.city
            AND nils.service_point IN ('', points.service_point)
            AND (nils.service_point <> '' OR nils.area = cells.area)
    )
ORDER BY ALL
