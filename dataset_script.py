"""Builds the dataset: `python dataset_script.py` writes data/, `Marsad` is the builder class."""

from marsad.builder import Marsad

__all__ = ["Marsad"]

if __name__ == "__main__":
    from marsad.cli import main

    raise SystemExit(main(["build"]))
