"""Where papers can be sat: venues and their approval, rooms, layouts, seats, availability."""
