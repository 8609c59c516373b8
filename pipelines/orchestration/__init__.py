"""The consolidation as Dagster sees it: assets by week, one job, and running it in this process.

Lives here: all that imports dagster, and nothing else does.
Must not live here: what a step does (`pipelines.consolidating`); a step is load, one function, say how much.
"""
