"""Agreement beyond chance: every coefficient is ``1 - observed / expected`` disagreement.

Definitions follow the R packages irrCAC (Gwet) and irr (Gamer and others), also where ratings are missing:

- percent agreement, Fleiss, AC1, AC2: observed over units with two or more ratings, chance over all rated units (irrCAC);
- Krippendorff: units with two or more ratings, both sides, each rating one voice (irrCAC);
- Cohen and weighted kappa, Lin: units that both raters rated (irr, epiR).

Beside the value each function gives the influence of every unit (how far the coefficient moves when units of that kind
become more common), from which ``intervals`` takes the variance. Everything is sums over ratings: no step is larger than
one sort, whatever the number of categories.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scoring.agreement.table import Floats, Ints, Ratings


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Observed and expected disagreement, and how each unit moves them; ``weight`` and ``cluster`` as in ``Ratings``."""

    observed: float
    expected: float
    observed_influence: Floats
    expected_influence: Floats
    weight: Floats
    cluster: Ints | None

    @property
    def defined(self) -> bool:
        """False when chance alone would always agree: 0 / 0."""
        return self.expected > 1e-12

    @property
    def value(self) -> float:
        return 1.0 - self.observed / self.expected

    @property
    def influence(self) -> Floats:
        """(units,) derivative of the value, mean 0 under the weights."""
        ratio = self.observed / self.expected
        return np.asarray((ratio * self.expected_influence - self.observed_influence) / self.expected)


def percent_agreement(ratings: Ratings) -> Disagreement:
    """Share of agreeing pairs of ratings, averaged over units: no chance taken off, so expected disagreement is 1."""
    units = ratings.paired()
    observed, influence = _mean(_differing_pairs(units), units.weight)
    return Disagreement(observed, 1.0, influence, np.zeros(units.n_units), units.weight, units.cluster)


def fleiss_kappa(ratings: Ratings) -> Disagreement:
    """Fleiss (1971), for any number of raters and missing ratings as in irrCAC ``fleiss.kappa.raw``."""
    observed, influence = _observed(ratings, _differing_pairs(ratings))
    _, chance, chance_influence = _chance(ratings)
    return Disagreement(observed, 1 - chance, influence, -chance_influence, ratings.weight, ratings.cluster)


def gwet_ac1(ratings: Ratings) -> Disagreement:
    """Gwet (2008), irrCAC ``gwet.ac1.raw`` with identity weights."""
    return _gwet(ratings, _differing_pairs(ratings), ratings.n_categories)


def gwet_ac2(ratings: Ratings) -> Disagreement:
    """Gwet's AC2 with quadratic weights over the categories in use (irrCAC ``gwet.ac1.raw(weights = "quadratic")``)."""
    q = ratings.n_categories
    centred = ratings.scaled - ratings.scaled.mean()
    total_weight = q**2 - 2 * q * float(centred @ centred)
    return _gwet(ratings, _squared_differences(ratings, centred), total_weight)


def krippendorff_alpha(ratings: Ratings) -> Disagreement:
    """Krippendorff's alpha, nominal."""
    units = ratings.paired()
    observed, influence = _mean(_differing_pairs(units), units.weight * units.given)
    _, chance, chance_influence = _chance(units, by_rating=True)
    spread = _unbiased(units)
    return Disagreement(
        observed,
        (1 - chance) * spread,
        _per_unit(units, influence),
        -chance_influence * spread,
        units.weight,
        units.cluster,
    )


def krippendorff_alpha_interval(ratings: Ratings) -> Disagreement:
    """Krippendorff's alpha, interval: squared differences of the places on the scale."""
    units = ratings.paired()
    return _alpha_of_places(units, units.scaled)


def krippendorff_alpha_ordinal(ratings: Ratings) -> Disagreement:
    """Krippendorff's alpha, ordinal.

    The ordinal distance between two categories is the number of ratings between their middles: the difference of
    their mid-ranks. So this is the interval alpha of the mid-ranks, which move with the ratings too.
    """
    units = ratings.paired()
    order = np.argsort(units.places, kind="stable")
    shares = _shares_of_ratings(units)
    ranks = np.empty_like(shares)
    ranks[order] = np.cumsum(shares[order]) - shares[order] / 2
    plain = _alpha_of_places(units, ranks)
    # A rating in category k lifts the ranks above it by one and its own by a half.
    centred = ranks - shares @ ranks
    unit_sum = np.bincount(units.unit, centred[units.code], units.n_units)
    of_rating = units.weight[units.unit] / (units.weight @ units.given)
    observed_slope = np.bincount(
        units.code,
        of_rating
        * 4
        * (units.given[units.unit] * centred[units.code] - unit_sum[units.unit])
        / (units.given[units.unit] - 1),
        units.n_categories,
    )
    expected_slope = 4 * shares * centred * _unbiased(units)
    moved = []
    for slope in (observed_slope, expected_slope):
        lift = np.empty_like(slope)
        lift[order] = np.cumsum(slope[order][::-1])[::-1] - slope[order] / 2
        lift -= slope @ ranks
        moved.append(_per_unit(units, units.mean_over_unit(lift)))
    return replace(
        plain,
        observed_influence=plain.observed_influence + moved[0],
        expected_influence=plain.expected_influence + moved[1],
    )


def cohen_kappa(ratings: Ratings) -> Disagreement:
    """Cohen (1960); the ratings must be of two raters."""
    codes, full = ratings.complete()
    weight = ratings.weight[full]
    first, second = codes[:, 0], codes[:, 1]
    observed, influence = _mean((first != second).astype(np.float64), weight)
    share_first = np.bincount(first, weight, ratings.n_categories) / weight.sum()
    share_second = np.bincount(second, weight, ratings.n_categories) / weight.sum()
    chance = float(share_first @ share_second)
    chance_influence = share_second[first] + share_first[second] - 2 * chance
    return Disagreement(observed, 1 - chance, influence, -chance_influence, weight, _of(full, ratings.cluster))


def squared_kappa(ratings: Ratings) -> Disagreement:
    """Cohen's weighted kappa with squared distances on the scale, averaged over all pairs of raters.

    Of two raters' numbers it is Lin's concordance correlation (1989, with 1/n moments); of more raters it is what ICC(2,1)
    comes to with many units (Barnhart and others 2002).
    """
    codes, full = ratings.complete()
    k, weight = ratings.n_raters, ratings.weight[full]
    share = weight / weight.sum()
    x = ratings.scaled[codes]
    x = x - (share @ x).mean()
    observed, influence = _mean(2 * ((x - x.mean(axis=1, keepdims=True)) ** 2).sum(axis=1) / (k - 1), weight)
    means = share @ x
    others = (means.sum() - means) * 2 / (k * (k - 1))
    by_chance = 2 * (x**2).mean(axis=1) - 2 * x @ others
    mean_by_chance = float(share @ by_chance)
    expected = mean_by_chance + float(means @ others)
    return Disagreement(observed, expected, influence, by_chance - mean_by_chance, weight, _of(full, ratings.cluster))


def _gwet(ratings: Ratings, per_unit: Floats, total_weight: float) -> Disagreement:
    observed, influence = _observed(ratings, per_unit)
    _, same, same_influence = _chance(ratings)
    q = ratings.n_categories
    factor = total_weight / (q * (q - 1)) if q > 1 else 1.0
    expected = 1 - factor * (1 - same) if q > 1 else 0.0
    return Disagreement(observed, expected, influence, factor * same_influence, ratings.weight, ratings.cluster)


def _alpha_of_places(units: Ratings, places: Floats) -> Disagreement:
    shares = _shares_of_ratings(units)
    centred = places - shares @ places
    observed, influence = _mean(_squared_differences(units, centred), units.weight * units.given)
    variance = float(shares @ centred**2)
    twice = 2 * _unbiased(units)
    return Disagreement(
        observed,
        variance * twice,
        _per_unit(units, influence),
        _per_unit(units, (units.mean_over_unit(centred**2) - variance) * twice),
        units.weight,
        units.cluster,
    )


def _differing_pairs(ratings: Ratings) -> Floats:
    """(units,) share of a unit's pairs of ratings that differ; 0 where there is one rating."""
    cells, counts = np.unique(ratings.unit * ratings.n_categories + ratings.code, return_counts=True)
    same = np.bincount(cells // ratings.n_categories, counts * (counts - 1.0), ratings.n_units)
    pairs = ratings.given * (ratings.given - 1)
    return np.divide(pairs - same, pairs, out=np.zeros_like(pairs), where=pairs > 0)


def _squared_differences(ratings: Ratings, places: Floats) -> Floats:
    """(units,) mean squared difference over a unit's pairs of ratings; 0 where there is one rating."""
    own = places[ratings.code]
    mean = ratings.mean_over_unit(places)
    spread = np.bincount(ratings.unit, (own - mean[ratings.unit]) ** 2, ratings.n_units)
    return np.divide(2 * spread, ratings.given - 1, out=np.zeros_like(spread), where=ratings.given > 1)


def _of(full: Ints, cluster: Ints | None) -> Ints | None:
    return None if cluster is None else cluster[full]


def _mean(values: Floats, weight: Floats) -> tuple[float, Floats]:
    mean = float(values @ weight / weight.sum())
    return mean, values - mean


def _observed(ratings: Ratings, per_unit: Floats) -> tuple[float, Floats]:
    """Mean over the units with two or more ratings, and the influence of every unit."""
    paired = ratings.given >= 2
    weight = ratings.weight * paired
    mean, deviation = _mean(per_unit, weight)
    return mean, deviation * paired * (ratings.weight.sum() / weight.sum())


def _chance(ratings: Ratings, *, by_rating: bool = False) -> tuple[Floats, float, Floats]:
    """Shares of the categories, the chance that two ratings at random are the same, and each unit's influence on it.

    The shares average over units (irrCAC) or, ``by_rating``, over ratings (Krippendorff).
    """
    if by_rating:
        shares = _shares_of_ratings(ratings)
    else:
        each = (ratings.weight / ratings.given / ratings.weight.sum())[ratings.unit]
        shares = np.asarray(np.bincount(ratings.code, each, ratings.n_categories), dtype=np.float64)
    same = float(shares @ shares)
    influence = 2 * (ratings.mean_over_unit(shares) - same)
    return shares, same, _per_unit(ratings, influence) if by_rating else influence


def _shares_of_ratings(ratings: Ratings) -> Floats:
    each = ratings.weight[ratings.unit] / (ratings.weight @ ratings.given)
    return np.asarray(np.bincount(ratings.code, each, ratings.n_categories), dtype=np.float64)


def _per_unit(units: Ratings, of_mean_rating: Floats) -> Floats:
    """From the influence of a unit's mean rating to that of the unit, which speaks with as many voices as ratings."""
    voices = units.given * (units.weight.sum() / (units.weight @ units.given))
    return np.asarray(of_mean_rating * voices)


def _unbiased(units: Ratings) -> float:
    """Krippendorff draws the two chance ratings without putting the first one back."""
    n = float(units.weight @ units.given)
    return n / (n - 1)
