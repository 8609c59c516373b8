-- Before an edition's first week no part has come to anything.
SELECT edition, iso_week, city, part, value AS total, value AS latest, 0 AS weeks_answered, cells_answered,
    cells_due
FROM weekly_parts_then
WHERE false
