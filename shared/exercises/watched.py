"""For tasks that ask for loops: arrays that notice when `@` or one of its relatives does the work."""

import numpy as np

_PRODUCTS = (np.dot, np.inner, np.vdot, np.einsum, np.tensordot, np.linalg.multi_dot)
_UFUNCS = {"matmul", "vecdot", "matvec", "vecmat"}  # the last two are in NumPy from 2.2 on


class Watched(np.ndarray):
    """An array that notes every matrix product it takes part in; what is computed with it is not watched."""

    def __array_finalize__(self, parent):
        self.products = getattr(parent, "products", [])

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **settings):
        if ufunc.__name__ in _UFUNCS:
            self.products.append(ufunc.__name__)
        if out is not None:
            settings["out"] = tuple(_plain(array) for array in out)
        return getattr(ufunc, method)(*map(_plain, inputs), **settings)

    def __array_function__(self, function, types, arguments, settings):
        if function in _PRODUCTS:
            self.products.append(function.__name__)
        return super().__array_function__(function, types, arguments, settings)

    def dot(self, *arguments, **settings):
        self.products.append("dot")
        return self.view(np.ndarray).dot(*arguments, **settings)


def _plain(value):
    return value.view(np.ndarray) if isinstance(value, Watched) else value


def watched(value, products):
    """Return a copy of an array, or of a list that may hold None, whose matrix products are noted in `products`."""
    if isinstance(value, list):
        return [watched(part, products) for part in value]
    if not isinstance(value, np.ndarray):
        return value
    array = value.copy().view(Watched)
    array.products = products
    return array
