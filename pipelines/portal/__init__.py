"""The portal: where city staff send their return, and coordinators see what came.

Lives here: pages, accounts, and what stands between a browser and the functions that the command calls too.
Must not live here: judging, receiving, deciding (`pipelines`), or what people keep (`reports`).
"""
