"""What is a network made of, and what does each part cost?"""
