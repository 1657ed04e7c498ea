"""When, where, which seat and who is on duty: plans, sittings, placements, publication."""
