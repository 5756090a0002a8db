"""Which kind of convolution, pooling, activation, normalization?"""
