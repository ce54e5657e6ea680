"""Results in SQL: SQLite by default, PostgreSQL by URL."""

from qa.store.found import Known, PastScore, Progress, Run, StoredCall
from qa.store.store import Store

__all__ = ["Known", "PastScore", "Progress", "Run", "Store", "StoredCall"]
