"""QiD (aiQ): its client and tokens, its webhook bodies and its codes."""
