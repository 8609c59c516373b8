"""What people keep: receipts, annotated workbooks, bulletins.

Lives here: rendering for city staff, coordinators and the ministry.
Must not live here: computing a figure, or deciding a verdict.
"""
