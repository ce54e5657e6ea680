"""Results in SQL: SQLite by default, PostgreSQL by URL."""

from qa.store.found import ConversationKey, Known, PastScore, Progress, Run, StoredCall
from qa.store.store import Store

__all__ = ["ConversationKey", "Known", "PastScore", "Progress", "Run", "Store", "StoredCall"]
