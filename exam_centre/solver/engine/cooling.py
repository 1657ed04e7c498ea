"""The cooling schedule: temperatures fall by equal factors."""


def cooled(hot: int, cold: int, part: float) -> int:
    """Return the temperature after a part (0..1) of the search, in the unit of `hot` and `cold`."""
    return max(1, int(hot * float(cold / hot) ** min(max(part, 0.0), 1.0)))
