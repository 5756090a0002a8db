"""Depth, width or cardinality, at equal cost?"""
