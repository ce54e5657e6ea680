"""``qa calibration plan``, ``draw`` and ``averages``: how many calls to score, which ones, and what they then say."""

from __future__ import annotations

from pathlib import Path

import click

from qa.cli.calibration import STORE, open_store


@click.command()
@click.option("--kappa-width", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.1, show_default=True,
              help="Know kappa to plus or minus this.")  # fmt: skip
@click.option("--kappa", type=click.FloatRange(0, 1, max_open=True), default=0.6, show_default=True,
              help="The kappa you expect.")  # fmt: skip
@click.option("--prevalence", type=click.FloatRange(0.5, 1, max_open=True), default=0.7, show_default=True,
              help="Share of the more common answer.")  # fmt: skip
@click.option("--mean-width", type=click.FloatRange(0, 100, min_open=True), default=5.0, show_default=True,
              help="Know an agent's mean to plus or minus so many points.")  # fmt: skip
@click.option("--deviation", type=click.FloatRange(0, 100, min_open=True),
              help="Standard deviation of one call's score, in points.  [default: that of the store's newest run]")  # fmt: skip
@click.option("--correlation", type=click.FloatRange(0, 1, max_open=True), default=0.0, show_default=True,
              help="Of the machine's scores with people's: what the machine can save.")  # fmt: skip
@click.option("--calls", "n_calls", type=click.IntRange(min=1),
              help="An agent's calls in the period, when the mean of just these is meant.")  # fmt: skip
@STORE
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def plan(
    kappa_width: float,
    kappa: float,
    prevalence: float,
    mean_width: float,
    deviation: float | None,
    correlation: float,
    n_calls: int | None,
    store: str | None,
    form: str,
) -> None:
    """How many calls people must score: to know kappa, and to know an agent's mean.

    docs/averages.md says what is behind the numbers.
    """
    import json

    from scoring.averages import calls_for_kappa, calls_for_mean

    spread = deviation if deviation is not None else _spread(store)
    needed = {
        "kappa": calls_for_kappa(kappa_width, kappa=kappa, prevalence=prevalence),
        "agent_mean": calls_for_mean(mean_width, deviation=spread, n_calls=n_calls),
        "agent_mean_corrected": calls_for_mean(mean_width, deviation=spread, n_calls=n_calls, correlation=correlation),
    }
    if form == "json":
        asked: dict[str, float | None] = {
            "kappa_width": kappa_width,
            "kappa": kappa,
            "prevalence": prevalence,
            "mean_width": mean_width,
        }
        asked |= {"deviation": spread, "correlation": correlation, "n_calls": n_calls}
        click.echo(json.dumps({"asked": asked, "calls": needed}, indent=2))
        return
    shown = {name: "over 1,000,000" if n is None else f"{n:,}" for name, n in needed.items()}
    click.echo(
        f"{shown['kappa']} calls scored twice: kappa to ±{kappa_width:g} (expected {kappa:g}, prevalence {prevalence:g})"
    )
    click.echo(
        f"{shown['agent_mean']} calls an agent: the mean to ±{mean_width:g} points (one call's deviation {spread:.1f})"
    )
    if correlation:
        click.echo(
            f"{shown['agent_mean_corrected']} calls an agent when the machine helps (correlation {correlation:g})"
        )


@click.command()
@click.option("--design", required=True,
              type=click.Choice(["random", "stratified", "quota", "risk", "uncertainty", "disagreement"]))  # fmt: skip
@click.option("--size", type=click.IntRange(min=1), required=True, help="Calls to draw; for a quota, of each stratum.")
@click.option("--by", multiple=True,
              type=click.Choice(["agent", "agent_level", "team", "call_type", "language", "channel_kind"]),
              help="Strata; repeatable, every combination is one.")  # fmt: skip
@click.option("--allocation", type=click.Choice(["proportional", "equal", "neyman"]), default="proportional",
              show_default=True, help="How a stratified draw shares out its places.")  # fmt: skip
@click.option("--boost", type=click.FloatRange(min=1, max=1e6), default=10.0, show_default=True,
              help="How many times likelier a most urgent call is (risk, uncertainty, disagreement).")  # fmt: skip
@click.option("--new-hires", type=click.IntRange(min=0), metavar="DAYS", help="Only agents hired at most so long ago.")
@click.option("--seed", type=int, default=20, show_default=True, help="The same seed draws the same calls.")
@click.option("--run", "run_id", metavar="ID", help="Draw from this run.  [default: the newest]")
@STORE
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the CSV here.  [default: print it]")
def draw(
    design: str,
    size: int,
    by: tuple[str, ...],
    allocation: str,
    boost: float,
    new_hires: int | None,
    seed: int,
    run_id: str | None,
    store: str | None,
    out: Path | None,
) -> None:
    """Draw calls of a run for people to score, and write down with which chance each was drawn.

    The list is not for raters: its reasons tell something of the machine's verdicts.
    """
    from qa.review.averages import run_candidates
    from qa.review.sampling import Allocation, Design, Dimension, DrawOrder
    from qa.review.sampling import draw as draw_calls
    from qa.review.sampling.listing import sample_csv

    strata = tuple(Dimension(name) for name in dict.fromkeys(by))
    order = DrawOrder(Design(design), size, seed, strata, Allocation(allocation), boost, new_hires)
    with open_store(store) as opened:
        _, calls = run_candidates(opened, run_id)
    text = sample_csv(draw_calls(calls, order))
    if out is None:
        click.echo(text, nl=False)
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8", newline="")
        click.echo(str(out))


@click.command()
@click.option("--run", "run_id", metavar="ID", help="Averages of this run.  [default: the newest]")
@STORE
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def averages(run_id: str | None, store: str | None, form: str) -> None:
    """Means of teams and agents with how sure they are, corrected by what people scored in a closed session."""
    import json
    from dataclasses import asdict

    from qa.cli.averages_table import print_averages
    from qa.review.averages import team_averages

    with open_store(store) as opened:
        found = team_averages(opened, run_id)
    if form == "json":
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        print_averages(found)


def _spread(store: str | None) -> float:
    """The standard deviation of a call's score around its agent's mean, in the newest run."""
    from qa.model.errors import UsageError
    from qa.review.averages import run_candidates
    from scoring.averages import AgentCalls, call_deviation

    with open_store(store) as opened:
        run_id, calls = run_candidates(opened)
    agents: dict[str, list[float]] = {}
    for call in calls:
        if call.percent is not None and call.agent_id:
            agents.setdefault(call.agent_id, []).append(call.percent)
    found = call_deviation({name: AgentCalls((), scores) for name, scores in agents.items()})
    if not found:
        raise UsageError(
            "too few scored calls to tell how far they differ", where=f"run {run_id}", fix="Set --deviation."
        )
    return found
