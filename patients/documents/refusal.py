"""Why a file does not enter a patient's file: what is wrong, then what to do."""


class FileRefused(Exception):
    """`problem` says what the file is, `advice` what its owner can do about it; both are sentences for the screen."""

    def __init__(self, problem: str, advice: str) -> None:
        super().__init__(f"{problem} {advice}")
        self.problem, self.advice = problem, advice
