"""How many voices a call has, and which local speaker of which window is which of them."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_SPEAKERS = 5
MIN_SPEECH_S = 2.5
"""A voice with less speech than this in the whole call is taken for a splinter of another."""
_ANCHOR_S = 1.2
_ROUNDS = 3
_FINE_GROUPS = 8
_MAX_TAKES = 2000
"""Takes that are linked, which needs memory by their square; an hour's call has fewer."""
_ALIKE = 0.2
_ALIKE_RATIO = 1.65
_USUAL_SPREAD = 0.2
_CLASH = 1.0
_CLASH_SHARE = 0.25
"""Groups whose members share more than this part of the smaller one's windows are two voices talking to each other."""


def cluster(
    embeddings: NDArray[np.float32],
    segmentations: Any,
    num_clusters: int | None = None,
    min_clusters: int | None = None,
    max_clusters: int | None = None,
    **_: Any,
) -> tuple[NDArray[np.int8], NDArray[np.float32], NDArray[np.float32]]:
    """Global speakers for local ones; the signature is that of pyannote's clustering classes.

    Takes embeddings of shape (windows, local speakers, dimension), NaN where none was taken, and the binary
    segmentations (windows, frames, local speakers). Returns labels (windows, local speakers), -2 where inactive; soft
    scores (windows, local speakers, speakers); and centroids (speakers, dimension).
    """
    window = segmentations.sliding_window
    active = np.nan_to_num(segmentations.data).sum(axis=1)
    seconds = active * window.duration / segmentations.data.shape[1]
    share = window.step / window.duration
    return assign(embeddings, seconds, num_clusters, max_clusters or MAX_SPEAKERS, share)


def assign(
    embeddings: NDArray[np.float32],
    seconds: NDArray[np.float64],
    n_speakers: int | None,
    max_speakers: int,
    share: float = 1.0,
) -> tuple[NDArray[np.int8], NDArray[np.float32], NDArray[np.float32]]:
    """`cluster` on plain arrays: ``seconds`` (windows, local speakers) is how long each local speaker talks.

    Overlapping windows hear a second more than once; ``share`` is the part of it that each of them accounts for.
    """
    known = ~np.isnan(embeddings[..., 0])
    hard = np.where(seconds > 0, 0, -2).astype(np.int8)
    if not known.any():
        return hard, np.ones((*hard.shape, 1), np.float32), np.zeros((1, embeddings.shape[-1]), np.float32)
    units = np.nan_to_num(embeddings / np.linalg.norm(embeddings, axis=-1, keepdims=True))

    anchors = known & (seconds >= _ANCHOR_S)
    if anchors.sum() < 2:
        anchors = known
    windows, vectors = np.nonzero(anchors)[0], units[anchors]
    labels = _grouped(vectors, windows, n_speakers, min(max_speakers, MAX_SPEAKERS))
    labels = _without_small(labels, vectors, share * seconds[anchors], keep=n_speakers)
    centroids = _centroids(vectors, labels)
    for _ in range(_ROUNDS):
        soft = units @ centroids.T
        hard = _constrained(soft, known, seconds)
        taken = hard[anchors]
        if len(np.unique(taken)) < len(centroids):
            break
        centroids = _centroids(vectors, taken)
    return hard, soft.astype(np.float32), centroids


def _grouped(
    vectors: NDArray[np.float32], windows: NDArray[np.intp], n_speakers: int | None, max_speakers: int
) -> NDArray[np.intp]:
    """`_linked`; of a call too long for that, windows spread evenly over it, and the other takes go to the nearest voice."""
    every = -(-len(vectors) // _MAX_TAKES)
    chosen = np.unique(windows, return_inverse=True)[1] % every == 0
    found = _linked(vectors[chosen], windows[chosen], n_speakers, max_speakers)
    labels = np.asarray(np.argmax(vectors @ _centroids(vectors[chosen], found).T, axis=1), dtype=np.intp)
    labels[chosen] = found
    return labels


def _linked(
    vectors: NDArray[np.float32], windows: NDArray[np.intp], n_speakers: int | None, max_speakers: int
) -> NDArray[np.intp]:
    """Fine groups by average linkage, then joined while they sound alike and no window hears them side by side.

    How far apart two voices lie depends on line and language (0.3 for some, 0.7 for others), so groups are compared
    with how far takes of one and the same voice lie apart in this call.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    if len(vectors) < 2:
        return np.zeros(len(vectors), dtype=np.intp)
    distances = np.clip(1.0 - vectors @ vectors.T, 0.0, 2.0)
    np.fill_diagonal(distances, 0.0)
    together = windows[:, None] == windows[None, :]
    np.fill_diagonal(together, False)
    tree = linkage(squareform(np.where(together, 1.0, distances), checks=False), "average")
    n_groups = int(np.clip(len(vectors) // 3, 2, _FINE_GROUPS))
    labels = np.asarray(fcluster(tree, n_groups, "maxclust") - 1, dtype=np.intp)
    limit = max(_ALIKE, _ALIKE_RATIO * _spread(distances, labels))
    while (count := labels.max() + 1) > (n_speakers or 1):
        groups = [labels == k for k in range(count)]
        best, pair = np.inf, (0, 0)
        for a, b in combinations(range(count), 2):
            clashes = together[np.ix_(groups[a], groups[b])].sum() / min(groups[a].sum(), groups[b].sum())
            distance = distances[np.ix_(groups[a], groups[b])].mean() + (_CLASH if clashes > _CLASH_SHARE else 0.0)
            if distance < best:
                best, pair = distance, (a, b)
        if n_speakers is None and best > limit and count <= max_speakers:
            break
        labels[groups[pair[1]]] = pair[0]
        labels[labels > pair[1]] -= 1
    return labels


def _spread(distances: NDArray[np.float32], labels: NDArray[np.intp]) -> float:
    """Mean distance between takes of one group, weighed by the groups' sizes."""
    pairs, total = 0.0, 0.0
    for k in range(int(labels.max()) + 1):
        group = distances[np.ix_(labels == k, labels == k)]
        if len(group) > 1:
            total += float(group.sum()) / (len(group) - 1)
            pairs += len(group)
    return total / pairs if pairs else _USUAL_SPREAD


def _without_small(
    labels: NDArray[np.intp], vectors: NDArray[np.float32], seconds: NDArray[np.float64], keep: int | None
) -> NDArray[np.intp]:
    """Give groups with hardly any speech to the nearest larger one, and number the rest from 0."""
    sizes = np.bincount(labels, weights=seconds)
    large = np.flatnonzero(sizes >= MIN_SPEECH_S)
    if keep is not None or not len(large):
        large = np.argsort(-sizes)[: keep or 1]
    centroids = np.stack([vectors[labels == k].mean(axis=0) for k in large])
    nearest = np.argmax(vectors @ centroids.T, axis=1)
    number = {int(label): position for position, label in enumerate(large)}
    return np.array([number.get(int(label), near) for label, near in zip(labels, nearest, strict=True)], dtype=np.intp)


def _centroids(vectors: NDArray[np.float32], labels: NDArray[Any]) -> NDArray[np.float32]:
    means = np.stack([vectors[labels == k].mean(axis=0) for k in range(int(labels.max()) + 1)])
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), dtype=np.float32)


def _constrained(soft: NDArray[np.float32], known: NDArray[np.bool_], seconds: NDArray[np.float64]) -> NDArray[np.int8]:
    """The best one-to-one match of local to global speakers, window by window."""
    from scipy.optimize import linear_sum_assignment

    hard = np.full(known.shape, -2, dtype=np.int8)
    for window, scores in enumerate(soft):
        active = np.flatnonzero(seconds[window] > 0)
        if not len(active):
            continue
        # A voice too short to be measured has no opinion: it takes what the others leave.
        weights = np.where(known[window, active], np.minimum(seconds[window, active], 2.0), 0.01)
        rows, columns = linear_sum_assignment(-(scores[active] * weights[:, None]))
        hard[window, active[rows]] = columns
        for left in np.setdiff1d(np.arange(len(active)), rows):
            hard[window, active[left]] = int(np.argmax(scores[active[left]]))
    return hard
