"""What conducts: receiving, judging, consolidating, the command and the portal.

Lives here: the order in which things happen. `orchestration` alone imports dagster.
Must not live here: how a file is read (`sources`), SQL (`warehouse`), what people keep (`reports`).
"""
