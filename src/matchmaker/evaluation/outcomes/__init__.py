"""Do better-suited partners go with better outcomes?"""
