"""The night shift: the only room that knows Prefect."""
