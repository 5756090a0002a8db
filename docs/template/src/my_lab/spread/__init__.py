"""How far do seeds alone move the test error?"""
