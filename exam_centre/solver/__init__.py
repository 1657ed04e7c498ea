"""Pure arithmetic on arrays: finds times, rooms, seats and rosters; knows neither web nor database."""
