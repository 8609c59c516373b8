"""What is announced with a release, for readers of figures.

Lives here: the notes of a release, and their texts.
Must not live here: what a release holds (`warehouse.releasing`), or when one may be made (`pipelines`).
"""
