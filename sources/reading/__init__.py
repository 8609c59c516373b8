"""Reading files into cells that keep their sheet and address.

Lives here: formats, the child process that opens files, its limits.
Must not live here: what a cell means; that is the layout's business.
"""
