"""Findings as people are shown them, in whatever report: which share a line, and where they stand, in words.

Lives here: grouping, places in words.
Must not live here: how a report looks, or what a rule says.
"""
