"""Ratings as the coefficients read them: long form, one entry for every rating that was given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from qa.model import Outcome

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

OUTCOME_SCALE = {Outcome.NOT_MET: 0.0, Outcome.PARTIALLY_MET: 0.5, Outcome.MET: 1.0}
"""The ordered outcomes and their places, equally far apart; the other two say nothing about better or worse."""

ALONE = -1
"""The cluster of a unit that hangs together with no other."""


@dataclass(frozen=True)
class Ratings:
    """Who put which unit into which category. A unit is one item under one criterion.

    ``unit``, ``rater`` and ``code`` have one entry a rating; a missing rating has none. ``code`` counts into ``labels``
    and ``places``; a place is where the category stands on the scale, nan for one outside the order. ``weight`` says
    how many units of this very kind there are (1 in data). ``cluster`` tells which units hang together because they
    are the same item (None: every unit is an item of its own; so is one in cluster ``ALONE``).
    """

    unit: Ints
    rater: Ints
    code: Ints
    labels: tuple[str, ...]
    places: Floats
    weight: Floats
    numeric: bool = False
    cluster: Ints | None = None

    @classmethod
    def build(
        cls,
        unit: npt.ArrayLike,
        rater: npt.ArrayLike,
        code: npt.ArrayLike,
        labels: Sequence[str],
        places: npt.ArrayLike,
        *,
        numeric: bool = False,
        cluster: npt.ArrayLike | None = None,
        weight: npt.ArrayLike | None = None,
    ) -> Ratings:
        """Drop units, raters and categories that nobody used and number the rest without gaps.

        ``cluster`` and ``weight`` have one entry a unit, in the numbering that ``unit`` came with.
        """
        units, unit_index = np.unique(np.asarray(unit, dtype=np.int64), return_inverse=True)
        _, rater_index = np.unique(np.asarray(rater, dtype=np.int64), return_inverse=True)
        codes, code_index = np.unique(np.asarray(code, dtype=np.int64), return_inverse=True)
        return cls(
            unit_index.astype(np.int64),
            rater_index.astype(np.int64),
            code_index.astype(np.int64),
            tuple(labels[index] for index in codes),
            np.asarray(places, dtype=np.float64)[codes],
            np.ones(len(units)) if weight is None else np.asarray(weight, dtype=np.float64)[units],
            numeric,
            None if cluster is None else np.asarray(cluster, dtype=np.int64)[units],
        )

    @cached_property
    def scaled(self) -> Floats:
        """(categories,) places from 0 to 1: every coefficient of distances is the same on any straight scale."""
        low = self.places.min()
        return np.asarray((self.places - low) / ((self.places.max() - low) or 1.0))

    @property
    def n_units(self) -> int:
        return len(self.weight)

    @property
    def n_raters(self) -> int:
        return int(self.rater.max()) + 1 if len(self.rater) else 0

    @property
    def n_categories(self) -> int:
        return len(self.labels)

    @cached_property
    def given(self) -> Floats:
        """(units,) ratings that each unit got, 1 or more."""
        return np.bincount(self.unit, minlength=self.n_units).astype(np.float64)

    def mean_over_unit(self, by_category: Floats) -> Floats:
        """(units,) mean of a function of the category over each unit's ratings."""
        return np.bincount(self.unit, by_category[self.code], self.n_units) / self.given

    def ordered(self) -> Ratings:
        """Without the ratings that stand outside the order (not applicable, not scored)."""
        keep = np.isfinite(self.places)[self.code]
        return self if keep.all() else self._only(keep)

    def paired(self) -> Ratings:
        """Without the units that were rated once: they say nothing about agreement."""
        keep = (self.given >= 2)[self.unit]
        return self if keep.all() else self._only(keep)

    @property
    def n_paired(self) -> int:
        """Units with two or more ratings."""
        return int((self.given >= 2).sum())

    @property
    def n_items(self) -> int:
        """Items with two or more ratings: clusters, or units where every unit is an item."""
        return self.n_paired if self.cluster is None else len(np.unique(self.cluster[self.given >= 2]))

    def complete(self) -> tuple[Ints, Ints]:
        """(units, raters) codes of the units that every rater rated, and (units,) which units those are."""
        full = np.flatnonzero(self.given == self.n_raters)
        grid = np.full((self.n_units, self.n_raters), -1, dtype=np.int64)
        grid[self.unit, self.rater] = self.code
        return grid[full], full

    def with_made_up(self, total: float) -> Ratings:
        """Add ``total`` made-up units, whose raters answer at random, every category as likely.

        That is the step of Agresti and Coull (1998) carried over to agreement: it keeps an interval from shrinking to
        nothing when nobody happened to disagree. The units are laid out, not drawn: each category once agreed upon and
        once against the next one (every other rater), with weights that give the right shares. They have as many raters as
        a unit has on average: pairs among threes would count for less than a unit where every rating is one voice.
        Where only one category is in use, a second one is made up as well.
        """
        raters = round(float(self.given[self.given >= 2].mean()))
        q = max(2, self.n_categories)
        unused = q - self.n_categories
        agreed = np.tile(np.arange(q)[:, None], raters)
        codes = np.concatenate([agreed, (agreed + np.arange(raters) % 2) % q])
        new = self.n_units + np.arange(2 * q)
        return Ratings(
            np.concatenate([self.unit, np.repeat(new, raters)]),
            np.concatenate([self.rater, np.tile(np.arange(raters), 2 * q)]),
            np.concatenate([self.code, codes.ravel()]),
            self.labels + ("",) * unused,
            np.concatenate([self.places, np.zeros(unused)]),
            np.concatenate([self.weight, np.repeat([total / q**2, total * (q - 1) / q**2], q)]),
            self.numeric,
            None if self.cluster is None else np.concatenate([self.cluster, np.full(2 * q, ALONE)]),
        )

    def rated_by_all(self) -> Ratings:
        """Without the units that some rater left out."""
        keep = (self.given == self.n_raters)[self.unit]
        return self if keep.all() else self._only(keep)

    def _only(self, keep: npt.NDArray[np.bool_]) -> Ratings:
        return Ratings.build(
            self.unit[keep],
            self.rater[keep],
            self.code[keep],
            self.labels,
            self.places,
            numeric=self.numeric,
            cluster=self.cluster,
            weight=self.weight,
        )


@dataclass(frozen=True)
class RatingsTable:
    """A whole file of ratings; ``item``, ``criterion``, ``rater`` and ``code`` have one entry for every rating given.

    ``places`` is nan for categories outside the order; ``words`` tells outcome words from numbers. No criterion mixes both.
    """

    item: Ints
    criterion: Ints
    rater: Ints
    code: Ints
    criteria: tuple[str, ...]
    labels: tuple[str, ...]
    places: Floats
    words: npt.NDArray[np.bool_]

    @property
    def mixed(self) -> bool:
        """Some criteria are answered in words and some in numbers: there is no common scale."""
        used = self.words[np.unique(self.code)]
        return bool(used.any() and not used.all())

    def by_criterion(self) -> Iterator[tuple[str, Ratings]]:
        """Each criterion with its ratings, in the file's order; one whose ratings are all missing has none."""
        order = np.argsort(self.criterion, kind="stable")
        ends = np.searchsorted(self.criterion[order], np.arange(len(self.criteria) + 1))
        for index, name in enumerate(self.criteria):
            yield name, self._ratings(order[ends[index] : ends[index + 1]])

    def pooled(self) -> Ratings:
        """All criteria together: a unit is one item under one criterion, and the item is its cluster."""
        n_criteria = len(self.criteria)
        unit = self.item * n_criteria + self.criterion
        units = np.unique(unit)
        return self._ratings(np.arange(len(unit)), np.searchsorted(units, unit), units // n_criteria)

    def _ratings(self, rows: Ints, unit: Ints | None = None, cluster: Ints | None = None) -> Ratings:
        code = self.code[rows]
        return Ratings.build(
            self.item[rows] if unit is None else unit,
            self.rater[rows],
            code,
            self.labels,
            self.places,
            numeric=bool(len(code)) and not self.words[code].any(),
            cluster=cluster,
        )
