"""The SQL of a macro call, rendered by dbt once and kept beside the data: what is measured is the question, not dbt."""

from pathlib import Path


def rendered(parquet: Path, name: str, template: str) -> str:
    """SQL of `template` over `events`, a CTE of the caller. Kept as PARQUET.<name>.sql, which goes with the data."""
    kept = parquet.with_suffix(f".{name}.sql")
    if not kept.exists():
        from pitboss.serve.render import render

        kept.write_text(render({name: template})[name])
    return kept.read_text()
