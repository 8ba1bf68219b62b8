"""What every identity rule raises when it will not accept an input, and how its French sentence is set."""

NBSP = "\u00a0"  # before a colon, inside « »
THIN = "\u202f"  # before ; ! ?


class Refused(ValueError):
    """An input is refused; the message is French, for the person at the desk.

    `message` names what is wrong and what to do; `suggestions` are inputs that would be accepted, offered and never
    applied. Both can hold traits of a patient: show them, never log them.
    """

    def __init__(self, message: str, *, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.suggestions = suggestions


def quoted(text: str) -> str:
    """Set a text between French quotation marks with their no-break spaces."""
    return f"«{NBSP}{text}{NBSP}»"
