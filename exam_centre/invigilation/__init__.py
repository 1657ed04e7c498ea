"""The room on the day: its clock, its absentees, its script count and its closing."""
