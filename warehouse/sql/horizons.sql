-- The last week that is due: as published, and as the warehouse has it.
SELECT
    (SELECT max(iso_week) FROM expected_returns WHERE edition = $edition) AS published,
    (SELECT max(iso_week) FROM warehouse.main.expected_returns WHERE edition = $edition) AS loaded
