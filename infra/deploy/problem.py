"""Problems that an operator can solve."""


class Problem(Exception):
    """A sentence that says what is wrong and what would be right."""


def agreed(question):
    """Asks for confirmation. Without a terminal the answer is no."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
