"""LSTM layers as machine code, written in LLVM's language and compiled when first used.

A layer is two products, x W for all frames at once and h U frame by frame, and its gates. What
bounds it is U, which every frame reads anew: 256 kB for 128 units, more than the first level of a
cache holds. So a frame is one pass over U as it lies in memory: the columns of a few units, all
four gates of each, are added up in registers and become the units' new state before the next
columns are read. Four sequences at a time share a pass.

* `text`         instructions on vectors of float32, and loops
* `activations`  logistic function and hyperbolic tangent
* `layers`       products and gates
* `compilation`  the functions of this machine

Each value is the same sequence of operations whatever the width of vectors and the number of
sequences, so a trial's markers are the same bytes alone and among others.
"""
