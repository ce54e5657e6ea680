"""How many calls each stratum gets."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Allocation(StrEnum):
    """What the places of a stratified draw are shared out by."""

    PROPORTIONAL = "proportional"
    """A stratum's calls: every call has about the same chance."""
    EQUAL = "equal"
    """The same for each stratum: to compare strata."""
    NEYMAN = "neyman"
    """A stratum's calls times the spread of its scores (Neyman 1934): the surest mean over all calls."""


def share_out(places: int, sizes: Mapping[str, int], weights: Mapping[str, float], *, floor: int) -> dict[str, int]:
    """Whole places for each stratum: ``floor`` each while there are as many calls, the rest in proportion to ``weights``.

    No stratum gets more than its ``sizes``. Rounded by largest remainder, then by name. ``places`` must cover the floors;
    weights are 0 or more, and when all that are left are 0 the rest is shared out by room.
    """
    taken = {name: min(floor, n) for name, n in sizes.items()}
    rest = min(places, sum(sizes.values())) - sum(taken.values())
    room = {name: sizes[name] - taken[name] for name in sizes}
    exact = _capped(rest, room, weights)
    taken = {name: taken[name] + int(exact[name]) for name in sizes}
    missing = min(places, sum(sizes.values())) - sum(taken.values())
    with_room = [name for name in sizes if taken[name] < sizes[name]]
    by_remainder = sorted(with_room, key=lambda name: (int(exact[name]) - exact[name], name))
    for name in by_remainder[:missing]:
        taken[name] += 1
    return taken


def _capped(rest: float, room: Mapping[str, int], weights: Mapping[str, float]) -> dict[str, float]:
    """Shares of ``rest`` by weight, none over its room; what a full stratum cannot take goes to the others."""
    exact = dict.fromkeys(room, 0.0)
    open_strata = sorted(name for name, n in room.items() if n)  # sums of floats depend on their order
    while rest > 1e-9 and open_strata:
        total = sum(weights[name] for name in open_strata)
        share = weights if total > 0 else room
        total = total or sum(room[name] for name in open_strata)
        full = {name for name in open_strata if rest * share[name] / total >= room[name]}
        if not full:
            return exact | {name: rest * share[name] / total for name in open_strata}
        exact |= {name: float(room[name]) for name in full}
        rest -= sum(room[name] for name in full)
        open_strata = [name for name in open_strata if name not in full]
    return exact
