"""What an operator can put right."""


class Problem(Exception):
    """A sentence that says what is wrong and what would be right."""


def agreed(question):
    """Asks a person; without one, nothing is agreed to."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
