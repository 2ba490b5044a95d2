"""The house model and the challenge's backtest with scikit-learn and numpy: a check on vigie's figures and its speed.

    peer_backtest.py PANEL.csv.gz COUNTRIES.csv BORDERS.csv FIRST-LAST [SEED]

The same method as src/forecast/ (rows, features, targets, forest, analogues, draws, scores), written over whole arrays:
the features look back only and are computed once for all windows; zeros are set aside before sorting; trees grow on two
threads. What differs is chance, and that scikit-learn splits values that are not binned to bytes. Prints {"windows":
[...], "mean": {...}, "seconds": wall time of the work, without the interpreter's start and imports}.
"""
import json
import sys
import time

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.tree import ExtraTreeRegressor

import peer_scores

# The constants of src/forecast/feature.c, house.c and draw.c; change them together.
MEAN_MONTHS, ACTIVE_MONTHS, NEAR_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120), (6, 12, 24, 60, 120), (3, 12, 60)
SPREAD_MONTHS, QUIET_LIMIT = 12, 240
N_TREES, MIN_LEAF, KEEP, CANDIDATES, ROW_SHARE, FIRST_MONTH = 64, 20, 16, 10, 0.5, 12
POOLED_LEADS, LEVEL_MONTHS = 1, (3, 6)
OWN_SHARE, SHORT_OWN, LONG_OWN = 0.3, 6, 24
N_DRAWS, FIRST_LEAD, N_LEADS, JOBS = 1000, 3, 12, 2
LEADS = range(FIRST_LEAD, FIRST_LEAD + N_LEADS)


def read_panel(panel, countries):
    """Deaths by unit and month (NaN = not known), the first month's id, and a table of the units."""
    p = pd.read_csv(panel)
    months = np.arange(p.month_id.min(), p.month_id.max() + 1)
    y = p.pivot(index="country_id", columns="month_id", values=p.columns[2]).reindex(columns=months)
    units = pd.read_csv(countries).set_index("country_id").reindex(y.index)
    return y.to_numpy(dtype=float), int(months[0]), units


def join_chains(y, units):
    """Countries that follow one another share a line: its number for each unit, its deaths by month, its ISO3 code."""
    chain, head, rows, by_gwcode, by_iso3 = [], [], [], {}, {}
    for u, (gwcode, iso3, first) in enumerate(zip(units.gwcode, units.iso3, units.first_month_id)):
        c = min(by_gwcode.get(gwcode, len(head)), by_iso3.get(iso3, len(head)))
        if c == len(head):
            head.append((first, u))
            rows.append(y[u])
        else:
            younger = first > head[c][0]
            new, old = (y[u], rows[c]) if younger else (rows[c], y[u])
            rows[c] = np.where(np.isnan(new), old, new)
            head[c] = (first, u) if younger else head[c]
        by_gwcode.setdefault(gwcode, c)
        by_iso3.setdefault(iso3, c)
        chain.append(c)
    return np.array(chain), np.array(rows), units.iso3.to_numpy()[[u for _, u in head]]


def read_neighbours(borders, iso3):
    """Who borders on whom, as a matrix of ones."""
    near = np.zeros((len(iso3), len(iso3)))
    b = pd.read_csv(borders)
    for x, z in zip(b.iloc[:, 0], b.iloc[:, 1]):
        for i in np.flatnonzero(iso3 == x):
            for k in np.flatnonzero(iso3 == z):
                near[i, k] = near[k, i] = 1
    return near


# --- features ---


def window_sum(values, k):
    """Sum over the last k months up to each month, fewer at the beginning."""
    total = np.cumsum(values, axis=1)
    total[:, k:] -= total[:, :-k].copy()
    return total


def quiet_months(y0):
    out, quiet = np.empty_like(y0), np.full(len(y0), float(QUIET_LIMIT))
    for m in range(y0.shape[1]):
        quiet = np.where(y0[:, m] > 0, 0, np.minimum(quiet + 1, QUIET_LIMIT))
        out[:, m] = quiet
    return out


class Features:
    """All features of all chains in all months: x[chain, month, feature]; and the levels that draws are scaled by."""

    def __init__(self, y, near):
        self.y0 = np.nan_to_num(y)
        n_chains, n_months = y.shape
        month = np.arange(n_months)
        first = np.where(np.isnan(y).all(axis=1), n_months, (~np.isnan(y)).argmax(axis=1))
        self.since = np.maximum(month + 1 - first[:, None], 1)
        logs = np.log1p(self.y0)
        length = np.minimum(self.since, SPREAD_MONTHS)
        spread = window_sum(logs**2, SPREAD_MONTHS) / length - (window_sum(logs, SPREAD_MONTHS) / length) ** 2
        padded = np.pad(self.y0, ((0, 0), (SPREAD_MONTHS - 1, 0)))
        largest = np.lib.stride_tricks.sliding_window_view(padded, SPREAD_MONTHS, axis=1).max(axis=2)
        parts = [np.log1p(self.level(k)) for k in MEAN_MONTHS]
        parts += [np.log1p(largest), np.sqrt(np.maximum(spread, 0))]
        parts += [window_sum(self.y0 > 0, k) / np.minimum(self.since, k) for k in ACTIVE_MONTHS]
        parts += [np.log1p(quiet_months(self.y0))]
        parts += [np.log1p(near @ self.level(k)) for k in NEAR_MONTHS]
        self.x = np.stack(parts, axis=2).astype(np.float32)
        self.levels = np.stack([np.exp(window_sum(logs, k) / np.minimum(self.since, k)) for k in LEVEL_MONTHS], axis=2)

    def level(self, k):
        return np.maximum(window_sum(self.y0, k), 0) / np.minimum(self.since, k)


# --- the model at one origin ---


def training_rows(y, now):
    """Chain, month and the two standardised targets of each situation with a known outcome at month `now`."""
    later = np.pad(y[:, :now + 1], ((0, 0), (0, LEADS[-1])), constant_values=np.nan)
    ahead = np.stack([later[:, lead:lead + now + 1] for lead in LEADS], axis=2)
    n_known = (~np.isnan(ahead)).sum(axis=2)
    good = (n_known > 0) & ~np.isnan(y[:, :now + 1])
    good[:, :FIRST_MONTH] = False
    chain, month = np.nonzero(good)
    rows, n = np.nan_to_num(ahead[good]), n_known[good]
    targets = np.column_stack([np.log1p(rows).sum(axis=1) / n, np.log1p(rows.sum(axis=1) / n)])
    return chain, month, (targets - targets.mean(axis=0)) / targets.std(axis=0)


def grow_and_find(x, targets, query, seed):
    """One tree on half of the rows, drawn without replacement: the rows kept in the leaf of each query, -1 = none."""
    rng = np.random.default_rng(seed)
    seen = np.sort(rng.choice(len(x), int(np.ceil(ROW_SHARE * len(x))), replace=False))
    xs = x[seen]
    tree = ExtraTreeRegressor(max_features=CANDIDATES, min_samples_leaf=MIN_LEAF, random_state=int(rng.integers(2**31)))
    tree = tree.fit(xs, targets[seen], check_input=False).tree_
    leaves, ends = tree.apply(xs), tree.apply(query)
    order = np.argsort(leaves, kind="stable")
    ordered = leaves[order]
    begin = np.searchsorted(ordered, ends)[:, None]
    n = np.searchsorted(ordered, ends, side="right")[:, None] - begin
    keep, i = np.minimum(n, KEEP), np.arange(KEEP)
    spread = np.where(n > KEEP, ((i + rng.random(n.shape)) * n / keep).astype(int), i)
    return np.where(i < keep, seen[order[np.minimum(begin + spread, len(order) - 1)]], -1)


def find_analogues(x, targets, query, seed):
    """For each query its analogues: rows, and the share of the trees that each carries."""
    seeds = np.random.SeedSequence(seed).spawn(N_TREES)
    tasks = (delayed(grow_and_find)(x, targets, query, s) for s in seeds)
    kept = np.stack(Parallel(JOBS, require="sharedmem")(tasks), axis=1)
    good = kept >= 0
    share = np.broadcast_to(1 / good.sum(axis=2, keepdims=True) / N_TREES, kept.shape)
    out = []
    for rows, use, weight in zip(kept, good, share):
        row, at = np.unique(rows[use], return_inverse=True)
        out.append((row, np.bincount(at, weight[use])))
    return out


def quantile_draws(values, weights, zero):
    """Draw j is the quantile at (j + 0.5) / n of the weighted values, of which `zero` weight is at zero."""
    order = np.argsort(values)
    values = np.concatenate([[0.0], values[order]])
    below = np.concatenate([[0.0], np.cumsum(weights[order])]) + zero
    want = (np.arange(N_DRAWS) + 0.5) / N_DRAWS * below[-1]
    return values[np.minimum(np.searchsorted(below, want), len(values) - 1)]


def atoms_of_lead(outcome, ratio, weight):
    """What followed the analogues at one lead, carried over to the unit's level: values above zero, weights."""
    known = ~np.isnan(outcome)
    weight = np.where(known, weight, 0)
    total = weight.sum()
    some = known & (outcome > 0)
    values = np.rint(outcome[some, None] * ratio[some])
    weights = np.broadcast_to(weight[some, None] / max(total, 1e-300) / ratio.shape[1], values.shape)
    positive = values > 0
    return values[positive], weights[positive], total > 0


def draws_of_unit(f, y, chain, now, rows, weight):
    """All leads of one unit: leads x draws."""
    row_chain, row_month = rows
    ahead = np.arange(FIRST_LEAD - POOLED_LEADS, FIRST_LEAD + N_LEADS + POOLED_LEADS)
    at = row_month[:, None] + ahead
    outcome = np.where(at <= now, y[row_chain[:, None], np.minimum(at, now)], np.nan)
    ratio = f.levels[chain, now] / f.levels[row_chain, row_month]
    atoms = [atoms_of_lead(outcome[:, k], ratio, weight) for k in range(len(ahead))]
    own = OWN_SHARE if f.y0[chain, now - 11:now + 1].sum() > 0 else 0
    past = [f.y0[chain, now + 1 - k:now + 1] for k in (SHORT_OWN, LONG_OWN)]
    own_values = np.rint(np.concatenate(past))
    own_weights = np.concatenate([np.full(len(p), own / 2 / len(p)) for p in past])
    own_zero = own_weights[own_values == 0].sum()
    own_values, own_weights = own_values[own_values > 0], own_weights[own_values > 0]
    out = np.empty((N_LEADS, N_DRAWS))
    share = (1 - own) / (2 * POOLED_LEADS + 1)
    for lead in range(N_LEADS):
        pooled = [a for a in atoms[lead:lead + 2 * POOLED_LEADS + 1] if a[2]]
        values = np.concatenate([a[0] for a in pooled] + [own_values])
        weights = np.concatenate([a[1] * share for a in pooled] + [own_weights])
        zero = sum(share * (1 - a[1].sum()) for a in pooled) + own_zero
        out[lead] = quantile_draws(values, weights, zero)
    return out


def run_window(f, y, units_y, chain_of_unit, first, year, seed):
    """Trains at October of the year before and returns the sorted draws and outcomes of the window's rows."""
    start = (year - 1980) * 12 + 1 - first
    now = start - FIRST_LEAD
    chain, month, targets = training_rows(y, now)
    x = f.x[chain, month]
    outcome = units_y[:, start:start + 12]
    scored = np.flatnonzero(~np.isnan(outcome).any(axis=1))
    chains = chain_of_unit[scored]
    analogues = find_analogues(x, targets, f.x[chains, now], seed)
    draws = [draws_of_unit(f, y, c, now, (chain[row], month[row]), weight)
             for c, (row, weight) in zip(chains, analogues)]
    return np.concatenate(draws), outcome[scored].ravel()


def main():
    panel, countries, borders, years = sys.argv[1:5]
    seed = int(sys.argv[5]) if len(sys.argv) > 5 else 1
    begin = time.perf_counter()
    units_y, first, units = read_panel(panel, countries)
    chain_of_unit, y, iso3 = join_chains(units_y, units)
    f = Features(y, read_neighbours(borders, iso3))
    windows = []
    for year in range(int(years.split("-")[0]), int(years.split("-")[1]) + 1):
        x, outcome = run_window(f, y, units_y, chain_of_unit, first, year, seed)
        windows.append({"window": year, "n": len(outcome)} | peer_scores.means(x, outcome))
    mean = {name: float(np.mean([w[name] for w in windows])) for name in windows[0] if name not in ("window", "n")}
    print(json.dumps({"windows": windows, "mean": mean, "seconds": time.perf_counter() - begin}))


if __name__ == "__main__":
    main()
