"""From a published figure back to the cells it came from.

Lives here: what may be asked (`asked`), what is published behind it (`published`), the sums that make it
(`adding`), and its cells read again from the landing (`rereading`).
Must not live here: the warehouse (nobody waits for it), what a formula means (`schemas.formulas`), words.
"""
