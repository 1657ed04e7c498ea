"""People and what they may do: humans, employment, sign-in, scoped roles, conflicts, notices."""
