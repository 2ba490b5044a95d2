"""The scores of the VIEWS challenge over many rows at once; shared by the peers. Formulas: Hegre et al. 2025, J. Peace
Research, doi 10.1177/00223433241300862. x is rows x draws, ascending along a row; y one outcome a row."""
import numpy as np

EDGES = np.array([0.5, 2.5, 5.5, 10.5, 25.5, 50.5, 100.5, 250.5, 500.5, 1000.5])
ALPHA = 0.10


def crps(x, y):
    m = x.shape[1]
    weight = (2 * np.arange(1, m + 1) - m - 1) / m**2
    return np.abs(x - y[:, None]).mean(axis=1) - x @ weight


def ign(x, y):
    """Draws in the bin of the outcome, one pseudo-draw a bin; binary search instead of a histogram of every row."""
    m = x.shape[1]
    b = np.searchsorted(EDGES, y, side="right")
    low = np.concatenate([[-np.inf], EDGES])[b]
    high = np.concatenate([EDGES, [np.inf]])[b]
    n = ((x >= low[:, None]) & (x < high[:, None])).sum(axis=1)
    return -np.log2((n + 1) / (m + EDGES.size + 1))


def at_quantile(x, q):
    """Linear interpolation at (m - 1) q, as np.quantile does; the rows are sorted already."""
    position = (x.shape[1] - 1) * q
    k = int(position)
    return x[:, k] + (position - k) * (x[:, min(k + 1, x.shape[1] - 1)] - x[:, k])


def mis(x, y):
    low, high = at_quantile(x, ALPHA / 2), at_quantile(x, 1 - ALPHA / 2)
    return high - low + 2 / ALPHA * (np.maximum(low - y, 0) + np.maximum(y - high, 0))


def covered(x, y, level):
    return (at_quantile(x, (1 - level) / 2) <= y) & (y <= at_quantile(x, (1 + level) / 2))


def means(x, y):
    """Means over the rows of all the scores that vigie's backtest gives."""
    chance = (x >= 25).mean(axis=1)
    each, some = crps(x, y), y > 0
    in50, in90 = covered(x, y, 0.5), covered(x, y, 0.9)
    out = {"crps": each.mean(), "ign": ign(x, y).mean(), "mis": mis(x, y).mean(), "crps_positive": each[some].mean(),
           "twcrps25": crps(np.maximum(x, 25), np.maximum(y, 25)).mean(), "brier25": np.mean((chance - (y >= 25)) ** 2),
           "mae_median": np.abs(at_quantile(x, 0.5) - y).mean(), "coverage50": in50.mean(), "coverage90": in90.mean(),
           "coverage50_positive": in50[some].mean(), "coverage90_positive": in90[some].mean()}
    return {name: float(value) for name, value in out.items()}
