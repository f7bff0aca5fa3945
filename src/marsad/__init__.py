"""Marsad (مرصد): Arabic news about international affairs, annotated, with benchmark tasks."""

__version__ = "0.5.0"
