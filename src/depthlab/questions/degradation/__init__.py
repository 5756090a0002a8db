"""Does the training error rise with depth?"""
