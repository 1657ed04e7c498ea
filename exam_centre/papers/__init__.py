"""What is sat: courses, papers, modes and the schemes that make marks into outcomes."""
