"""A newcomer's data build before anyone has filled in the seeds, and what is missing is said by name."""

import jinja2
from conftest import Built, query
from pitboss.home import PROJECT
from pitboss.terminal import shown


def test_a_build_names_what_the_seeds_do_not_know(built: Built) -> None:
    lines = built.output.splitlines()
    rate = "_base columns are null there"
    assert f"warning: no rate from BRL to EUR on 2 days, 2025-10-10 to 2025-10-11: {rate} (rows: 11 in fct_bets). Add rows to seeds/fx_rates.csv." in lines
    assert f"warning: no rate from FUN to EUR on 1 day, 2025-10-12: {rate} (row: 1 in fct_bets). Add rows to seeds/fx_rates.csv." in lines
    assert [line for line in lines if "currency FUN" in line and "seeds/currencies.csv" in line]
    assert [line for line in lines if "jurisdiction ZZ on 3 days, 2025-10-10 to 2025-10-12" in line and "seeds/jurisdictions.csv" in line]
    assert not [line for line in lines if "currency BRL" in line or "policy for DE" in line or "sl_wild_lagoon" in line or " DE " in line]


def test_a_long_list_is_cut_and_says_how_much_is_left(built: Built) -> None:
    lines = built.output.splitlines()
    games = [line for line in lines if line.startswith("warning: unknown game new_game_")]
    assert len(games) == 10
    assert lines[lines.index(games[-1]) + 1] == "... and 2 more (select * from semantic.int_unknown__names)"


def test_a_name_cannot_attack_the_terminal_in_which_it_is_warned_of(built: Built) -> None:
    assert "warning: unknown game new_game_!\\x9b2J\\u202e\\u2028 on 1 day, 2025-10-10: theoretical" in built.output
    assert f"warning: unknown game new_game_{'0' * 191} ... 109 more on 1 day, 2025-10-11: theoretical" in built.output
    assert built.output.replace("\n", "").isprintable()


def test_the_hooks_show_a_name_as_the_commands_do() -> None:
    """The macro is plain Jinja, so that whoever runs dbt directly is shown the same."""
    macro = jinja2.Environment(autoescape=False).from_string((PROJECT / "macros/hooks/shown.sql").read_text()).module.shown  # type: ignore[attr-defined]
    every = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    for at in range(0, len(every), 10_000):
        text = "".join(every[at : at + 10_000])
        assert macro(text, 10_000) == shown(text, 10_000)
    assert macro("x" * 200) == "x" * 200 and macro("x" * 1500) == "x" * 200 + " ... 1,300 more" == shown("x" * 1500, 200)


def test_what_has_no_rate_is_null_and_never_one(built: Built) -> None:
    bets = "select currency, count(*), sum(handle_amount)::int, count(handle_base) from semantic.fct_bets group by 1 order by 1"
    assert query(built.home, bets) == [("BRL", 11, 22, 0), ("EUR", 2, 4, 2), ("FUN", 1, 2, 0)]
    daily = "select currency, count(*) = count(handle_base), count(handle_base) from marts.ggr_ngr_daily group by 1 order by 1"
    assert query(built.home, daily) == [("BRL", False, 0), ("EUR", True, 1), ("FUN", False, 0)]
