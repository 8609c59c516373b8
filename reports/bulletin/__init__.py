"""The national bulletin of a week: one HTML file that is read, forwarded and printed.

Lives here: what the coordinators read on Thursday, made from a published file and nothing else.
Must not live here: figures that the published file does not hold, today's date.
"""

from reports.bulletin.writing import WeekNotPublishedError, bulletin_path, write_bulletin, write_bulletins

__all__ = ["WeekNotPublishedError", "bulletin_path", "write_bulletin", "write_bulletins"]
