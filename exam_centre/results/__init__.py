"""What the marks add up to: outcomes, review, release by two, appeals and corrections."""
