"""Pages of a city's staff: their weeks, a draft, what was sent, what had no activity.

Lives here: what those pages show and take.
Must not live here: judging, receiving, deciding; the coordinators' own pages (`coordinator`).
"""
