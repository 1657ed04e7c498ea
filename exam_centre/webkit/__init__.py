"""What every page needs from the web: sessions, access, forms, errors, languages, headers."""
