"""Who belongs where: units of four levels, parks, enterprises and the shifts of their teams."""
