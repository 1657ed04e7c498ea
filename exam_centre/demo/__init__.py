"""A series to try things on: a generator, and the journey through the services people use."""
