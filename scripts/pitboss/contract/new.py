"""The beginning of a new event: a contract whose examples get the verdicts they name, and its staging model in house form."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from pitboss.contract.evolution.compare import version
from pitboss.contract.model import Contracts
from pitboss.contract.read import read_contracts
from pitboss.errors import ContractError

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST = 50
_MADE_BY_THE_LANDING = ("inbox", "event_day", "load_seq", "changed_seq", "is_left_out")


@dataclass(frozen=True)
class Names:
    """What a new event is called: in JSON, in its family, and in the plural that its staging model has."""

    event: str
    family: str
    plural: str

    @classmethod
    def of(cls, event: str, family: str, plural: str | None) -> "Names":
        """
        Raises:
            ContractError: the event or the plural is not lower_snake_case.
        """
        for name in (event, plural):
            if name is not None and (not _NAME.fullmatch(name) or len(name) > _LONGEST or yaml.safe_load(name) != name):
                raise ContractError(f"{name!r} is no name", "", f"Write it in lower_snake_case, at most {_LONGEST} letters, like bet_place.")
        return cls(event, family, plural or f"{event}s")

    @property
    def words(self) -> str:
        return self.event.replace("_", " ")

    @property
    def model(self) -> str:
        return f"stg_{self.family}__{self.plural}"

    @property
    def column(self) -> str:
        """The column of the business key that the event begins with."""
        return f"{self.event}_id"

    @property
    def key(self) -> str:
        """The same in JSON."""
        first, *rest = self.column.split("_")
        return first + "".join(part.title() for part in rest)


@dataclass(frozen=True)
class Scaffold:
    """What was made, and what a person has to do."""

    files: tuple[Path, ...]
    steps: tuple[str, ...]


def scaffold(project: Path, names: Names, actor: str) -> Scaffold:
    """Write contract and staging model of a new event into a dbt project.

    Raises:
        ContractError: there is no such family, or something has one of the names already; nothing was written.
    """
    contracts = read_contracts(project)
    staging = project / "models" / "staging"
    _refuse_taken(contracts, staging, names)
    folder = staging / names.family
    texts = {
        folder / "contracts" / f"{names.event}.yml": _contract(contracts, names, actor),
        folder / f"{names.model}.sql": _SQL.format(family=names.family, event=names.event, column=names.column),
        folder / f"{names.model}.yml": _model(project, names),
    }
    for path, text in texts.items():
        path.write_text(text, "utf-8")
    return Scaffold(tuple(texts), tuple(step.format(names=names) for step in _STEPS))


def _refuse_taken(contracts: Contracts, staging: Path, names: Names) -> None:
    families = sorted({contract.family for contract in contracts.events.values()})
    if names.family not in families:
        raise ContractError(f"there is no family {names.family}", str(staging), f"Take one of {', '.join(families)}.")
    taken = {name: event for event, contract in contracts.events.items() for name in (event, *contract.aliases)}
    if names.event in taken:
        raise ContractError(f"{names.event} is taken by the contract of {taken[names.event]}", str(staging), "Take another name.")
    if list(staging.rglob(f"{names.model}.*")):
        raise ContractError(f"model {names.model} exists", str(staging), "Name another plural with --plural.")
    if names.column in (*(column.name for column in contracts.envelope), *_MADE_BY_THE_LANDING):
        raise ContractError(f"its key would be {names.column}, which every event has already", str(staging), "Take another name.")
    own = yaml.safe_load((staging / "landing.yml").read_text("utf-8"))["sources"][0]["tables"]
    if names.event in ("events", "ledger", "build_state", *(table["name"] for table in own)):
        raise ContractError(f"{names.event} is a table of the landing's own", str(staging), "Take another name.")


def _contract(contracts: Contracts, names: Names, actor: str) -> str:
    newest = max(contracts.events.values(), key=version).version
    good = _EXAMPLE.format(event=names.event, version=newest, key=f'"{names.key}":"{names.event[:1]}_1",')
    bad = _EXAMPLE.format(event=names.event, version=newest, key="")
    return _CONTRACT.format(names=names, actor=actor, version=newest, good=good, bad=bad, article="an" if names.words[0] in "aeiou" else "a")


def _model(project: Path, names: Names) -> str:
    macro = (project / "macros" / "landing" / "envelope.sql").read_text("utf-8")
    body = macro.split("{% macro envelope() -%}", 1)[1].split("{%- endmacro %}", 1)[0]
    columns = [line.strip().rstrip(",").split(" as ")[-1] for line in body.splitlines() if line.strip()]
    described = "".join(f"      - name: {column}\n        description: \"{{{{ doc('{column}') }}}}\"\n{_TESTS.get(column, '')}" for column in columns)
    return _YAML.format(names=names, envelope=described, article="an" if names.words[0] in "aeiou" else "a")


_TESTS = {
    "event_id": "        data_tests: [not_null, {unique: {config: {severity: warn}}}]\n",
    "player_id": "        data_tests: [not_null]\n",
}
_EXAMPLE = (
    '{{"event":"{event}","schemaVer":"{version}","eventId":"5b0f6f6e-6a1d-4c3e-9d6a-2f1f0d9b7c11","ts":"2025-10-17T14:01:10.275Z",'
    '"playerId":"p_82917","sessionId":"s_2f4c","traceId":"tr_fa4fb32c","source":"server",{key}"brand":"aurora","jurisdiction":"DE"}}'
)
_CONTRACT = """version: 2

sources:
  - name: {names.family}
    schema: landing
    tables:
      - name: {names.event}
        description: One row per {names.words}.
        config:
          meta:
            version: "{version}"
            actor: {actor}
            identity: player
            owner: {names.family}
            producer: {names.family} service
            purpose: What {article} {names.words} tells us.
            retention: [M]
            dedupe_key: [brand, {names.column}]
            freshness: P1D
            examples:
              good:
                - '{good}'
              bad:
                - line: '{bad}'
                  reason: missing_required
                  pointer: /{names.key}
        columns:
          - name: {names.column}
            data_type: varchar
            description: Identity of the {names.words}; sent again, it is the same one.
            data_tests: [not_null]
            config:
              meta: {{json: {names.key}, required: error, since: "{version}"}}
"""
_SQL = """with

landed as (

    select * from {{{{ source('{family}', '{event}') }}}}
    where not is_left_out and not is_test

),

renamed as (

    select

        ---------- envelope
        {{{{ envelope() }}}},

        ---------- ids
        {column}

    from landed

)

select * from renamed
"""
_YAML = """version: 2

models:
  - name: {names.model}
    description: One row per {names.words}.
    columns:
{envelope}      - name: {names.column}
        description: Identity of the {names.words}; sent again, it is the same one.
        data_tests: [not_null]
"""
_STEPS = (
    "models/staging/{names.family}/contracts/{names.event}.yml: owner, producer, purpose, retention classes and freshness are guesses; say what is true",
    "the same file: identity is player; visitor where a visitor may do it, optional for a service event",
    "the same file: add the payload's columns, use each in a good example, and give a bad example for each way it can be wrong",
    "{names.model}.sql and .yml: the same columns, except those with pii: vault",
    "models/columns.md: a docs block for a column that other events have too",
    "scripts/pitboss/simulate: send it, so that the demo and the tests have it",
    "tests/python/test_contracts.py: the number of events of family {names.family}",
    "money: int_landing__priced_events.sql; a business key for money: int_payments__key_conflicts.sql; a key that a fact rebuilds by: its events model",
    "CHANGELOG.md: the new event",
)
