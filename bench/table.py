"""The figures, as a table on the terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from bench.timing import Contender, ratio


def show(title: str, contenders: Sequence[Contender], notes: Sequence[str] = ()) -> None:
    """Print the medians, and the ratios to the first contender."""
    table = Table(title=title, title_justify="left")
    table.add_column("contender")
    table.add_column("median, ms", justify="right")
    table.add_column("of the first", justify="right")
    for contender in contenders:
        table.add_row(contender.name, f"{contender.milliseconds:.2f}", f"{ratio(contender, contenders[0]):.2f} x")
    console = Console()
    console.print(table)
    for note in notes:
        console.print(note, highlight=False)
