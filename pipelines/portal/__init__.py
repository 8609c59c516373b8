"""The portal: where cities send their return and coordinators follow the weeks.

Lives here: pages, who may see them, and what the portal itself keeps (accounts, audit log, drafts).
Must not live here: judging, receiving, deciding; the pages call the same functions as the command line.
"""
