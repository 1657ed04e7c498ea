"""What people fill in about themselves, and what those who keep accounts fill in about others."""
