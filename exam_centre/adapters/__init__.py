"""The outside world, one thing a file: a port the rooms speak to and the real thing behind it."""
