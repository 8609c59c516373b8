"""Judging a return: what is wrong in it, in words that its city understands.

Lives here: the cover's facts, the rules, the verdict, the messages.
Must not live here: reading files (`sources`), keeping anything (`pipelines.judged`, `sources.landing`).
"""
