"""How long are the paths that carry the gradient?"""
