"""(begun by its owner)"""
