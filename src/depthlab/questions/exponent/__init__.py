"""Is width the base, and depth the exponent?"""
