"""A whole series carried from its files to the credit bank, by the services people use."""
