"""Which layer reads which?"""
