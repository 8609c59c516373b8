-- How far the weeks of a release were answered.
SELECT
    (SELECT count(*) FROM released_expected_returns WHERE known_to IS NULL) AS due,
    (
        SELECT count(*)
        FROM released_expected_returns
        WHERE known_to IS NULL AND status IN ('on_time', 'late')
    ) AS valid,
    (SELECT count(*) FROM released_observations WHERE flag = 'V') AS values_held,
    (SELECT count(*) FROM released_nil_returns WHERE known_to IS NULL) AS nil_declarations
