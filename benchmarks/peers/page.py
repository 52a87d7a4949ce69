"""What was measured? Written from what was kept."""


def main() -> None:
    """Nothing yet."""
