"""The course's helper package: a neural network in NumPy, to be read in one sitting, in this order.

activations (value and derivative of each activation function), losses (the error and the gradient that starts the
backward pass), network (W, b, forward, backward), gradient_check (is the gradient right?), optimizers (what to do with
it), training (mini-batches, train), autodiff (the derivatives of any Python function, one number at a time), datasets
(the course's examples and MNIST), plotting (figures), explorers (live widgets) and exercises (answers and hints). The
first eight need only NumPy; columns are samples everywhere.
"""
