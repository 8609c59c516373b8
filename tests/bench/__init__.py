"""Benchmarks: measured, printed, never asserted.

Lives here: what `make bench` runs.
Must not live here: tests; a slow machine is not a defect.
"""
