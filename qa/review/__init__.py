"""What people do with results: which calls they score again."""
