-- The observations of some weeks' accepted returns, whichever of them is valid now.
-- `accepted_returns` and `counted_measures` are handed in; the files are those of `judged/`.
SELECT
    $edition AS edition,
    accepted.iso_week,
    accepted.week_start,
    accepted.city,
    coalesce(observed.service_point, '') AS service_point,
    coalesce(
        counted.service_kind, error(observed.filename || ': the contract has no measure ' || observed.measure)
    ) AS service_kind,
    counted.area,
    observed.measure,
    observed.breakdown,
    coalesce(observed.category, '') AS category,
    CASE
        WHEN CAST(observed.value AS DECIMAL(38, 9)) <> CAST(observed.value AS DECIMAL(18, 3))
            THEN error(observed.filename || ': more than three decimals in ' || observed.value)
        ELSE CAST(observed.value AS DECIMAL(18, 3))
    END AS value,
    observed.flag,
    accepted.submission_id,
    accepted.version,
    observed.source_file,
    coalesce(observed.source_sheet, '') AS source_sheet,
    observed.source_cell,
    accepted.known_from,
    accepted.known_to
FROM read_csv(
    $files,
    columns = $columns,
    header = true,
    auto_detect = false,
    delim = ',',
    quote = '"',
    escape = '"',
    filename = true
) AS observed
LEFT JOIN accepted_returns AS accepted ON accepted.submission_id = string_split(observed.filename, '/')[-2]
LEFT JOIN counted_measures AS counted ON counted.code = observed.measure
