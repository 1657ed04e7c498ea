"""What every solver is built on: arrays, a random stream, acceptance, cooling, effort."""
