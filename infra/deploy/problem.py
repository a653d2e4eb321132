"""Problems that an operator can solve."""


class Problem(Exception):
    """The message says what is wrong and how to correct it."""


def agreed(question):
    """Asks for confirmation. Without a terminal the answer is no."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
