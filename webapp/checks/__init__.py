"""The rules of review: what is compared, how it is judged, where it goes; no Flask, no database, no vendor's words."""
