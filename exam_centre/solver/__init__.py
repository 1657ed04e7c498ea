"""Pure arithmetic on arrays: times, rooms, seats and rosters; knows neither web nor database."""
