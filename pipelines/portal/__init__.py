"""The portal: where city staff send their return, and what judges it there at once.

Lives here: pages, accounts, drafts, the judging desk.
Must not live here: judging, landing, and all else that the command line does too (`pipelines`).
"""
