"""Feature reuse: which layer uses which earlier one?"""
