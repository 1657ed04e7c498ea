"""What to do next, for every role: dashboards and reports across rooms, read-only."""
