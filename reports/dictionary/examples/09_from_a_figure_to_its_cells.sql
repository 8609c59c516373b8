-- In which file, sheet and cells does a figure stand?
-- Here the exits from Milano's houses in the last week with any. For an indicator, `regia trace` shows the same with what each file says.
SELECT observations.iso_week, service_point, category, value, flag, source_file, source_sheet, source_cell,
    observations.submission_id, submissions.version, submissions.received_at
FROM observations
JOIN submissions USING (submission_id)
WHERE observations.city = 'milano'
    AND measure = 'guests_out'
QUALIFY observations.iso_week = max(observations.iso_week) OVER ()
ORDER BY service_point, category
