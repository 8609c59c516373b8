-- What each part has come to at the end of each of some weeks in a row, as it is now known.
FROM consolidation.parts_to_date
WHERE edition = $edition AND iso_week BETWEEN $first AND $last
