"""Progress on stderr: a bar in a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

stderr = Console(stderr=True)


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """Say on stderr what takes long: with a clock in a terminal, as one line elsewhere."""
    with Progress(TextColumn(text), TimeElapsedColumn(), console=stderr, transient=True, disable=not stderr.is_terminal) as progress:
        progress.add_task(text, total=None)
        if not stderr.is_terminal:
            click.echo(text, err=True)
        yield


@contextmanager
def bytes_bar(title: str, total: int) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn(title), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as progress:
        task = progress.add_task(title, total=total)
        said = time.monotonic()
        seen = 0

        def advance(size: int) -> None:
            nonlocal said, seen
            seen += size
            progress.update(task, advance=size, total=max(total, seen))
            if not stderr.is_terminal and time.monotonic() - said > 2:
                said = time.monotonic()
                print(f"{title}: {seen / 1e6:,.0f} MB", file=sys.stderr)

        yield advance


@contextmanager
def steps_bar(title: str, total: int) -> Iterator[Callable[[int, int], None]]:
    with Progress(TextColumn(title), BarColumn(), TimeElapsedColumn(), console=stderr, transient=True, disable=not stderr.is_terminal) as progress:
        task = progress.add_task(title, total=total)
        yield lambda done, of: progress.update(task, completed=done, total=of)
