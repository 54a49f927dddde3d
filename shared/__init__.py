"""The course's helper package, on three floors. Each floor knows the ones below it and none above.

The library: a neural network in NumPy, what the notebooks build and keep. To be read in one sitting, in this order.

    checks          bad input, said in one way
    activations     value and derivative of each activation function
    losses          the error, and the gradient that starts the backward pass
    network         W, b, forward, backward
    gradient_check  is the gradient right?
    optimizers      what to do with it
    training        mini-batches, an epoch, train (which also needs tqdm, for its progress bar)
    autodiff        the derivatives of any Python function, one number at a time
    files           where the course's own files are
    datasets        the course's examples and MNIST
    images          what belongs to images of digits
    photographs     from a picture file to images of digits (which also needs Pillow, to read the file)

Pictures: style (colours, fonts, `show`) and plotting (figures, one function each). They need matplotlib.

The desk: what makes the notebooks answer, each part for the notebook that shows it. measured prints numbers with their
usual range, lessons holds the mathematics behind explorers and exercises, explorers are live pictures, exercises are
answers, hints and a record of progress. Nobody reads this floor in one sitting: a notebook's part is a file of its own.

Columns are samples everywhere.
"""
