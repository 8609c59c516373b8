-- The returns and acts whose rows make room: those of these weeks, those that no week of the edition holds
-- where these are replaced too, and those that come in now, wherever they stood before.
SELECT name, iso_week
FROM consolidation.held
WHERE edition = $edition
    AND (
        list_contains($incoming, name)
        OR coalesce(list_contains($weeks, iso_week), false)
        OR ($is_unplaced AND NOT coalesce(list_contains($edition_weeks, iso_week), false))
    )
ORDER BY ALL
