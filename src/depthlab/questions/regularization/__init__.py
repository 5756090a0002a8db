"""What does each regularizer change, alone and with others, and does that depend on depth?"""
