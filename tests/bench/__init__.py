"""The measured jobs: each module is one job and prints one JSON line; none of them is a test."""
