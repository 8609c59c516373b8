"""Where the chart of a city's revisions is written.

Lives here: asking the published file, and the place among the reports.
Must not live here: the chart itself (`reports.revisions`).
"""
