"""Is dropout a vote, is stochastic depth a vote?"""
