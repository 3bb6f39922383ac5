"""The one reader of the contract files."""

from pathlib import Path
from typing import Any

import yaml

from pitboss.contract.model import Column, Contract, Contracts, Example
from pitboss.errors import ContractError
from pitboss.home import PROJECT

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_contracts(project: Path = PROJECT) -> Contracts:
    """Read models/staging/envelope.yml and models/staging/*/contracts/*.yml of a dbt project.

    Raises:
        ContractError: a file is not a contract; names the file and the mend.
    """
    staging = project / "models" / "staging"
    envelope = _columns(_table(staging / "envelope.yml"), staging / "envelope.yml")
    events: dict[str, Contract] = {}
    for path in sorted(staging.glob("*/contracts/*.yml")):
        contract = _contract(path)
        if contract.event in events:
            raise ContractError(f"event {contract.event} has a second contract", str(path), "Keep one file an event.")
        events[contract.event] = contract
    if not events:
        raise ContractError("no contracts found", str(staging), "Run from a checkout that has models/staging/<family>/contracts.")
    return Contracts(tuple(column for column in envelope if column.name != "event"), events)


def _document(path: Path) -> Any:
    try:
        return yaml.load(path.read_bytes(), Loader=_LOADER)
    except (OSError, yaml.YAMLError) as error:
        raise ContractError(f"cannot be read ({str(error).splitlines()[0]})", str(path), "Mend the YAML.") from error


def _source(path: Path) -> dict[str, Any]:
    try:
        source: dict[str, Any] = _document(path)["sources"][0]
        source["tables"][0]["name"]
    except (KeyError, IndexError, TypeError) as error:
        raise ContractError("holds no dbt source with a table", str(path), "Compare it with a neighbour.") from error
    return source


def _table(path: Path) -> dict[str, Any]:
    table: dict[str, Any] = _source(path)["tables"][0]
    return table


def _contract(path: Path) -> Contract:
    source = _source(path)
    table: dict[str, Any] = source["tables"][0]
    if table["name"] != path.stem:
        raise ContractError(f"describes {table['name']}", str(path), "Name the file after its event.")
    meta: dict[str, Any] = table.get("config", {}).get("meta", {})
    missing = [key for key in ("version", "actor", "identity", "examples") if key not in meta]
    if missing:
        raise ContractError(f"config.meta lacks {', '.join(missing)}", str(path), "Add what is missing.")
    examples = meta["examples"]
    return Contract(
        event=table["name"],
        family=source["name"],
        version=str(meta["version"]),
        actor=meta["actor"],
        identity=meta["identity"],
        columns=_columns(table, path),
        aliases=tuple(meta.get("aliases", ())),
        good=tuple(examples.get("good", ())),
        bad=tuple(Example(bad["line"], bad["reason"], bad["pointer"]) for bad in examples.get("bad", ())),
        description=table.get("description", ""),
        meta=meta,
    )


def _columns(table: dict[str, Any], path: Path) -> tuple[Column, ...]:
    columns = []
    for entry in table.get("columns") or ():
        meta: dict[str, Any] = entry.get("config", {}).get("meta", {})
        if "json" not in meta and "derived" not in meta:
            continue  # said for dbt only: the landing itself makes it
        if "data_type" not in entry:
            raise ContractError(f"column {entry['name']} has no data_type", str(path), "Add one.")
        columns.append(
            Column(
                name=entry["name"],
                data_type=entry["data_type"].lower(),
                path=tuple(meta["json"].split(".")) if "json" in meta else (),
                aliases=tuple(meta.get("aliases", ())),
                need=meta.get("required", "optional"),
                optional_parent=bool(meta.get("optional_parent", False)),
                beside=meta.get("beside"),
                begins=meta.get("begins"),
                pii=meta.get("pii"),
                derived=meta.get("derived"),
                enum=tuple(str(value) for value in meta.get("enum", ())),
                enum_is_closed=meta.get("enum_rule") == "error",
                signed=bool(meta.get("signed", False)),
                positive=bool(meta.get("positive", False)),
                minimum=meta.get("min"),
                maximum=meta.get("max"),
                pattern=meta.get("pattern"),
                min_length=meta.get("min_length"),
                max_length=meta.get("max_length"),
                since=str(meta.get("since", "1.0")),
                unit=meta.get("unit"),
                hint=meta.get("hint", ""),
                default=meta.get("default"),
                description=entry.get("description", ""),
            )
        )
    return tuple(columns)
