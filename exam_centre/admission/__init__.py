"""From the slip to the seat: slips, devices, scans, and every write of attendance."""
