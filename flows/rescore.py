"""The Prefect flow that scores a store again, for those who schedule it; ``qa rescore`` does the same without Prefect."""

from __future__ import annotations

from typing import Any

from prefect import flow, get_run_logger

from qa.pipeline import rescore as score_again


@flow(name="rescore", persist_result=False)
def rescore(
    store: str, rubric: str, dry_run: bool = False, force: bool = False, limit: int | None = None
) -> dict[str, Any]:
    """Score stored conversations again with a form; returns the counts, the flips and the failures.

    Args:
        store: path or URL of the store.
        rubric: a shipped form's id, or a file.
        dry_run: only compare; nothing is written.
        force: judge everything anew, also what this very form has judged.
        limit: only so many calls, the first by id.
    """
    found = score_again(store, rubric, dry_run=dry_run, force=force, limit=limit).to_dict()
    get_run_logger().info("%(n_rescored)d scored again, %(n_flips)d answers flip, %(n_failed)d failed", found)
    return found
