"""When a series runs and by which rules: series, periods, deadlines, rule profiles."""
