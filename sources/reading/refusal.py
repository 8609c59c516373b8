"""How the child says that a file is not opened.

Lives here: the error that carries the reason.
Must not live here: the reasons' words (`schemas.messages`).
"""


class RefusedError(Exception):
    """The file cannot be opened; the code says why."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail
