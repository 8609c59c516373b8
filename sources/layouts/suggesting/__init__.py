"""Drafting a layout for a file never seen before (`regia layout suggest`).

Lives here: knowledge of other cities' words, recognising the shape of tables, drafting, writing the draft.
Must not live here: carrying a layout out (`sources.layouts.extract`); anything about one city by its name.
"""
