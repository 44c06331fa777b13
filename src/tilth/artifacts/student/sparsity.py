"""scipy.sparse without its types: scipy ships none that a strict checker can follow."""

from typing import Any

import scipy.sparse
from scipy.sparse import linalg as _linalg

Csr = Any
"""A scipy.sparse.csr_matrix."""

sparse: Any = scipy.sparse
linalg: Any = _linalg
