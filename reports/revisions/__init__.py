"""The chart of a city's revisions: how its figures moved after they were first published.

Lives here: the triangle as a picture, and its texts.
Must not live here: the triangle's query (`warehouse/sql/revision_triangle.sql`), where the picture is kept.
"""
