"""The steps that set a machine up, started by `make`."""
