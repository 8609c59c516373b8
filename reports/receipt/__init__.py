"""The receipt of a submission, rendered whenever it is asked for: the same data give the same bytes.

Lives here: what a receipt says, as HTML and as PDF.
Must not live here: the landing that holds its data, the wall clock.
"""

from reports.receipt.data import Decision, ReceiptData, SentFile
from reports.receipt.html import receipt_html

__all__ = ["Decision", "ReceiptData", "SentFile", "receipt_html"]
