-- Each city once, in the latest period of its ISTAT code.
SELECT *
FROM cities
QUALIFY row_number() OVER (PARTITION BY slug ORDER BY istat_valid_from DESC NULLS LAST) = 1
