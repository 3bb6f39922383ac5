"""Descriptions as a reader outside dbt sees them: docs blocks resolved to their words."""

import re
from pathlib import Path

from pitboss.errors import ContractError

_BLOCK = re.compile(r"{%\s*docs\s+(\w+)\s*%}(.*?){%\s*enddocs\s*%}", re.S)
_REFERENCE = re.compile(r"{{\s*doc\(\s*['\"](\w+)['\"]\s*\)\s*}}")


def read_docs(project: Path) -> dict[str, str]:
    """Every docs block below models/, name to words on one line."""
    files = sorted((project / "models").rglob("*.md"))
    return {name: " ".join(words.split()) for file in files for name, words in _BLOCK.findall(file.read_text("utf-8"))}


def in_words(description: str, docs: dict[str, str]) -> str:
    """A description with its references replaced.

    Raises:
        ContractError: it refers to a docs block that is not there.
    """

    def words(match: re.Match[str]) -> str:
        if match[1] not in docs:
            raise ContractError(f"no docs block is called {match[1]}", "models/columns.md", "Describe the column there, or in the contract.")
        return docs[match[1]]

    return _REFERENCE.sub(words, description)
