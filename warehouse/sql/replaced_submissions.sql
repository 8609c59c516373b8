-- The returns whose rows make room: those of these weeks, those that no week of the edition holds where
-- these are replaced too, and those that come in now, wherever they stood before.
SELECT submission_id, iso_week
FROM submissions
WHERE edition = $edition
    AND (
        list_contains($incoming, submission_id)
        OR coalesce(list_contains($weeks, iso_week), false)
        OR ($is_unplaced AND NOT coalesce(list_contains($edition_weeks, iso_week), false))
    )
ORDER BY ALL
