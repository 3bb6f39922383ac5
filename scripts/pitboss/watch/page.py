"""The gate's page: one HTML file that opens from disk and asks nobody for anything."""

from html import escape

from pitboss.watch.verdict import Finding, Verdict

_OPEN = 20
"""Loads up to which a page also lists what was as expected."""
_STYLE = """
:root{color-scheme:light dark;--line:#8884;--bad:#b3261e;--good:#1b6e3c;--soft:#8881}
@media(prefers-color-scheme:dark){:root{--bad:#ff8a80;--good:#7fd6a0}}
body{font:15px/1.5 system-ui,sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .2rem;overflow-wrap:anywhere}
p{margin:.3rem 0}.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:.5rem 0}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line)}
th{font-weight:600;background:var(--soft)}td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.bad{color:var(--bad);font-weight:600}.good{color:var(--good)}.soft{opacity:.75;font-size:.9em}
summary{cursor:pointer;margin:.4rem 0}
"""


def _calm(verdicts: list[Verdict]) -> str:
    unjudged = sum(not verdict.findings for verdict in verdicts)
    return f"as expected, {unjudged} of {len(verdicts)} loads not judged" if unjudged else "all as expected"


def render(verdicts: list[Verdict]) -> bytes:
    """The page of one or more loads, those that failed first."""
    failed = sum(bool(verdict.failed) for verdict in verdicts)
    title = "Landing gate: " + (_calm(verdicts) if not failed else f"{failed} of {len(verdicts)} loads not as expected")
    ordered = sorted(verdicts, key=lambda verdict: (not verdict.failed, verdict.seq))
    body = "".join(_load(verdict, len(verdicts) <= _OPEN) for verdict in ordered)
    page = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>"
        f"<p class=soft>Each figure of a load is held against a band from earlier loads of its channel. A band is wide where there is little to count.</p>"
        f"{body}</body></html>\n"
    )
    return page.encode()


def _load(verdict: Verdict, is_open: bool) -> str:
    span = f"{verdict.began:%Y-%m-%d %H:%M} to {verdict.ended:%Y-%m-%d %H:%M} UTC" if verdict.began and verdict.ended else "no event"
    mark = "bad" if verdict.failed else "good"
    state = {
        "empty": "<p class=bad>Empty: the file holds no line.</p>",
        "broken": "<p class=bad>Broken: not one of its lines could be read.</p>",
    }.get(verdict.state, "")
    met = [finding for finding in verdict.findings if finding.is_met]
    listed = _table(met) if is_open and met else ""
    return (
        f"<h2>{escape(verdict.channel)} / {escape(verdict.file)}: <span class={mark}>{verdict.outcome}</span></h2>"
        f"<p>{verdict.lines:,} lines = {verdict.landed:,} landed + {verdict.quarantined:,} quarantined + {verdict.duplicates:,} duplicates; {span}</p>"
        f"{state}{_table(verdict.failed) if verdict.failed else ''}"
        + "".join(f"<p class=soft>Not judged: {escape(text)}</p>" for text in verdict.lacking)
        + (f"<details><summary>{len(met)} as expected</summary>{listed}</details>" if listed else f"<p>{len(met)} as expected</p>")
    )


def _table(findings: list[Finding]) -> str:
    heads = "".join(f"<th>{head}</th>" for head in ("Expectation", "Observed", "Expected", "Usually", "Verdict", "What to do"))
    return f"<div class=wide><table><thead><tr>{heads}</tr></thead><tbody>{''.join(map(_row, findings))}</tbody></table></div>"


def _row(finding: Finding) -> str:
    verdict = "<td class=good>as expected</td><td></td>" if finding.is_met else f"<td class=bad>not as expected</td><td>{escape(finding.advice)}</td>"
    return (
        f"<tr><td>{escape(finding.what)}<br><span class=soft>{escape(finding.kind)}; {escape(finding.basis)}</span></td>"
        f"<td class=n>{escape(finding.figure(finding.observed))}</td><td class=n>{escape(finding.band)}</td>"
        f"<td class=n>{escape(finding.figure(finding.expected))}</td>{verdict}</tr>"
    )
