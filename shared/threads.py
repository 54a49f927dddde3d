"""The threads that multiply matrices: no more of them than the machine really runs."""

import sys
import time
from functools import cache

SPAN = 0.2  # seconds over which is measured how much of their time the threads were given
ENOUGH = 0.75  # enough of it: on two idle cores it is 0.94 to 1, and less for single samples, which need one thread


@cache
def _blas():
    """Return the libraries that multiply matrices for NumPy, or None in a browser, where there is one thread."""
    if sys.platform == "emscripten":
        return None
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


class Threads:
    """The threads of a training, given up where the machine does not run them; at the end of `with` all are back.

    A product of matrices is shared out to the threads and is done when the slowest is. While other programs use the
    processors, or a hub allows fewer of them than the computer has, each product waits for a thread that is not
    running, and those that do run spend their time on waiting. So when the threads were given less than 0.75 of their
    time, only as many go on as that time is enough for.

    count   how many threads multiply a large matrix now, at least 1
    """

    def __enter__(self):
        blas = _blas()
        self.count = max((library["num_threads"] for library in blas.info()), default=1) if blas else 1
        self._before = blas.limit(limits=None) if blas else None
        self.start()
        return self

    def start(self):
        """Measure from here on."""
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def check(self):
        """Give up the threads that were not run since the start, if that is long enough ago; call it after a step."""
        if self.count == 1 or time.perf_counter() - self._wall < SPAN:
            return
        given = (time.process_time() - self._cpu) / (time.perf_counter() - self._wall)
        if given < ENOUGH * self.count:
            self.count = max(1, int(given))
            _blas().limit(limits=self.count)
        self.start()

    def __exit__(self, *exception):
        if self._before is not None:
            self._before.restore_original_limits()
