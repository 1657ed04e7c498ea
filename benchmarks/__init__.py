"""Speed and size, measured: each module yields figures, each figure is one line of JSON."""
