-- What the valid returns of cities in some weeks say of some measures, and where it stands in them.
SELECT city, iso_week, service_point, measure, breakdown, category, value, flag, submission_id,
    source_file, source_sheet, source_cell
FROM observations_history
WHERE edition = $edition
    AND list_contains($cities, city)
    AND iso_week BETWEEN $first AND $last
    AND list_contains($measures, measure)
    AND ($breakdowns IS NULL OR list_contains($breakdowns, breakdown))
    AND known_to IS NULL
ORDER BY city, iso_week, service_point, measure, breakdown, category
