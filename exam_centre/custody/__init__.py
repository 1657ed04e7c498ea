"""Who holds the papers and scripts: bags, seals and hand-overs with independent counts."""
