"""What hostile people try with the desk's own credentials, and what a fresh tenant grants to whom."""
