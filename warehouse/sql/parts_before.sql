-- What every part had come to by the end of a week.
SELECT edition, iso_week, city, part, total, latest, weeks_answered, cells_answered, cells_due
FROM consolidation.parts_to_date
WHERE edition = $edition AND iso_week = $week
