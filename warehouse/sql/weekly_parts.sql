-- What each part of an indicator is in a city's week, in each state that this was known in: its figure, and
-- the cells behind it. A part without an answered cell has no figure. Relations: wanted_states,
-- known_observations and known_nil_returns in these states; and what the contract says: indicator_parts,
-- part_cells, roster_points, counted_measures.
WITH
points AS (
    SELECT due.iso_week, due.city, due.state, roster.service_point, roster.service_kind
    FROM wanted_states AS due
    JOIN roster_points AS roster
        ON roster.city = due.city
        AND roster.roster_from <= due.iso_week
        AND coalesce(due.iso_week <= roster.roster_to, true)
    WHERE due.is_due
),

-- A service point, or an area of a service point, that was declared nil answers all its cells.
nil_measures AS (
    SELECT DISTINCT points.iso_week, points.city, points.state, points.service_point, measures.code AS measure
    FROM points
    JOIN known_nil_returns AS nil
        ON nil.iso_week = points.iso_week
        AND nil.city = points.city
        AND nil.state = points.state
        AND nil.service_point IN ('', points.service_point)
    JOIN counted_measures AS measures
        ON measures.service_kind = points.service_kind
        AND (nil.service_point <> '' OR nil.area = measures.area)
),

nil_cells AS (
    SELECT nil_measures.iso_week, nil_measures.city, nil_measures.state, part_cells.part, count(*) AS answered
    FROM nil_measures
    JOIN part_cells USING (measure)
    GROUP BY ALL
),

weighted_cells AS (
    SELECT part, measure, breakdown, category, CAST(factor AS DECIMAL(9, 3)) AS factor
    FROM part_cells
),

cells_of_a_point AS (
    SELECT part_cells.part, measures.service_kind, count(*) AS cells, count(*) FILTER (factor > 0) AS added
    FROM part_cells
    JOIN counted_measures AS measures ON measures.code = part_cells.measure
    GROUP BY ALL
),

due_cells AS (
    SELECT points.iso_week, points.city, points.state, cells_of_a_point.part, sum(cells_of_a_point.cells) AS due
    FROM points
    JOIN cells_of_a_point USING (service_kind)
    GROUP BY ALL
),

observed AS (
    SELECT
        observations.iso_week,
        observations.city,
        observations.state,
        observations.service_point,
        points.service_kind,
        observations.measure,
        observations.breakdown,
        observations.category,
        observations.value,
        observations.flag = 'V' AS has_value,
        nil_measures.measure IS NULL AND observations.flag = 'V' AS is_answered,
        nil_measures.measure IS NULL AND observations.flag = 'NA' AS is_not_applicable
    FROM known_observations AS observations
    JOIN points USING (iso_week, city, state, service_point)
    LEFT JOIN nil_measures USING (iso_week, city, state, service_point, measure)
),

at_points AS (
    SELECT
        observed.iso_week,
        observed.city,
        observed.state,
        observed.service_point,
        observed.service_kind,
        part_cells.part,
        coalesce(sum(observed.value * part_cells.factor) FILTER (part_cells.factor > 0), 0) AS added,
        coalesce(sum(observed.value * part_cells.factor) FILTER (part_cells.factor < 0), 0) AS subtracted,
        count(*) FILTER (part_cells.factor > 0 AND observed.has_value) AS added_cells,
        max(observed.value) AS highest,
        count(*) FILTER (observed.is_answered) AS answered,
        count(*) FILTER (observed.is_not_applicable) AS not_applicable
    FROM observed
    JOIN weighted_cells AS part_cells USING (measure, breakdown, category)
    GROUP BY ALL
),

-- What is subtracted counts only where all that it is subtracted from was answered at the same point.
at_cities AS (
    SELECT
        at_points.iso_week,
        at_points.city,
        at_points.state,
        at_points.part,
        sum(
            at_points.added
            + CASE WHEN at_points.added_cells = cells_of_a_point.added THEN at_points.subtracted ELSE 0 END
        ) AS total,
        count(*) FILTER (at_points.highest > CAST(indicator_parts.threshold AS DECIMAL(18, 3))) AS points_above,
        sum(at_points.answered) AS answered,
        sum(at_points.not_applicable) AS not_applicable
    FROM at_points
    JOIN indicator_parts USING (part)
    JOIN cells_of_a_point USING (part, service_kind)
    GROUP BY ALL
),

counted AS (
    SELECT
        states.edition,
        states.iso_week,
        states.city,
        states.state,
        states.is_due,
        coalesce(states.accepted_as = 'on_time', false) AS is_on_time,
        indicator_parts.part,
        indicator_parts.fold,
        at_cities.total,
        at_cities.points_above,
        coalesce(at_cities.answered, 0) + coalesce(nil_cells.answered, 0) AS answered,
        coalesce(due_cells.due, 0) - coalesce(at_cities.not_applicable, 0) AS due
    FROM wanted_states AS states
    CROSS JOIN indicator_parts
    LEFT JOIN due_cells USING (iso_week, city, state, part)
    LEFT JOIN nil_cells USING (iso_week, city, state, part)
    LEFT JOIN at_cities USING (iso_week, city, state, part)
)

-- A built-in count brings itself as the cells of its side: what was answered, or what was due.
SELECT
    edition,
    iso_week,
    city,
    state,
    part,
    CASE
        WHEN NOT is_due THEN NULL
        WHEN fold = 'returns_on_time' THEN CAST(is_on_time AS INTEGER)
        WHEN fold = 'returns_due' THEN 1
        WHEN fold = 'cells_answered' THEN answered
        WHEN fold = 'cells_due' THEN due
        WHEN answered = 0 THEN NULL
        WHEN fold = 'points' THEN coalesce(points_above, 0)
        ELSE coalesce(total, 0)
    END AS value,
    CASE
        WHEN fold = 'returns_on_time' THEN CAST(is_on_time AS INTEGER)
        WHEN fold IN ('returns_due', 'cells_due') THEN 0
        ELSE answered
    END AS cells_answered,
    CASE
        WHEN fold = 'returns_due' THEN CAST(is_due AS INTEGER)
        WHEN fold IN ('returns_on_time', 'cells_answered') THEN 0
        ELSE due
    END AS cells_due
FROM counted
