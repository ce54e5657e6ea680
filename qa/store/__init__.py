"""Results in SQL: SQLite by default, PostgreSQL by URL."""

from qa.store.found import ConversationKey, Known, PastScore, Progress, Rescorable, Run, StoredCall, StoredTalk
from qa.store.rescoring import form_owner
from qa.store.store import Store

__all__ = [
    "ConversationKey",
    "Known",
    "PastScore",
    "Progress",
    "Rescorable",
    "Run",
    "Store",
    "StoredCall",
    "StoredTalk",
    "form_owner",
]
