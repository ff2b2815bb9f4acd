"""Types that every room shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
"""An array of numbers; NaN is unknown."""
Rows = NDArray[np.intp]
"""Positions of organisations in the profiles of a day."""
Mask = NDArray[np.bool_]
"""A yes or no for each organisation."""
