"""Upstreams that fail in every way, and what clients notice of it (see ../faults)."""
