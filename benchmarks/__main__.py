"""Measures everything, or the modules named: `python -m benchmarks [NAME ...]`."""

import importlib
import pkgutil
import sys

import benchmarks

NOT_MEASURED = {"__main__", "figure", "province_arrays", "series_arrays"}


def main(names: list[str]) -> None:
    """Print one line of JSON a figure."""
    known = [m.name for m in pkgutil.iter_modules(benchmarks.__path__)]
    for name in names or [n for n in known if n not in NOT_MEASURED]:
        if name not in known:
            sys.exit(f"no benchmark is called {name}; there are: {', '.join(known)}")
        for figure in importlib.import_module(f"benchmarks.{name}").figures():
            print(figure.line(), flush=True)


main(sys.argv[1:])
