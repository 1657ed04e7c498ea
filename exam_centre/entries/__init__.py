"""Who sits what, and may they: candidates, entries, eligibility, access arrangements, imports."""
