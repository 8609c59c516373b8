-- What changed in some weeks' values each time that a later accepted return took an earlier one's place.
-- Not available, not applicable and not reported are all NULL here: no value.
WITH
accepted AS (
    SELECT submissions.iso_week, submissions.city, submissions.submission_id, submissions.version,
        coalesce(held.counts_from, submissions.received_at) AS known_from, submissions.reason_code
    FROM warehouse.main.submissions
    LEFT JOIN warehouse.consolidation.held ON held.name = submissions.submission_id
    WHERE submissions.edition = $edition
        AND submissions.status <> 'rejected'
        AND submissions.iso_week BETWEEN $first AND $last
        AND list_contains($parts, submissions.iso_week)
    -- Of several in one instant only the last was ever valid.
    QUALIFY row_number() OVER (
        PARTITION BY submissions.city, submissions.iso_week, known_from
        ORDER BY submissions.version DESC, submissions.submission_id DESC
    ) = 1
),

changes AS (
    SELECT iso_week, city, submission_id, known_from, reason_code,
        lag(submission_id) OVER (PARTITION BY city, iso_week ORDER BY known_from) AS superseded_id
    FROM accepted
    QUALIFY superseded_id IS NOT NULL
),

known AS (
    SELECT submission_id, service_point, measure, breakdown, category, value
    FROM warehouse.main.observations_history
    WHERE edition = $edition
        AND iso_week BETWEEN $first AND $last
        AND list_contains($parts, iso_week)
        AND value IS NOT NULL
        AND submission_id IN (
            SELECT submission_id FROM changes
            UNION ALL
            SELECT superseded_id FROM changes
        )
),

superseded AS (
    SELECT changes.submission_id, known.* EXCLUDE (submission_id)
    FROM changes
    JOIN known ON known.submission_id = changes.superseded_id
),

superseding AS (
    SELECT known.*
    FROM changes
    JOIN known USING (submission_id)
),

compared AS (
    SELECT submission_id, service_point, measure, breakdown, category,
        superseded.value AS old_value, superseding.value AS new_value
    FROM superseded
    FULL JOIN superseding USING (submission_id, service_point, measure, breakdown, category)
    WHERE superseded.value IS DISTINCT FROM superseding.value
)

SELECT
    $edition AS edition,
    changes.iso_week,
    changes.city,
    compared.service_point,
    compared.measure,
    compared.breakdown,
    compared.category,
    compared.old_value,
    compared.new_value,
    changes.known_from,
    changes.reason_code
FROM compared
JOIN changes USING (submission_id)
