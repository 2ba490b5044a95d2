"""Scores a wide file of draws with pandas, xarray, xskillscore and numpy.   peer_score.py FORECAST ACTUALS

Prints {"n", "crps", "ign", "mis", "seconds": wall time of the work, without the interpreter's start and imports}.
"""
import json
import sys
import time

import numpy as np
import pandas as pd
import xarray as xr
import xskillscore as xs

import peer_scores

KEYS = ["month_id", "priogrid_gid"]


def read(forecast, actuals):
    """Draws as rows x draws, ascending, and the outcomes in the same order."""
    f = pd.read_csv(forecast).set_index(KEYS)
    y = pd.read_csv(actuals).set_index(KEYS)["outcome"].reindex(f.index)
    x = f.to_numpy(dtype=float, copy=True)
    x.sort(axis=1)
    return x, y.to_numpy(dtype=float)


def main():
    begin = time.perf_counter()
    x, y = read(*sys.argv[1:])
    crps = xs.crps_ensemble(xr.DataArray(y, dims=["row"]), xr.DataArray(x, dims=["row", "member"]), issorted=True)
    out = {"n": len(y), "crps": float(crps), "ign": float(np.mean(peer_scores.ign(x, y))),
           "mis": float(np.mean(peer_scores.mis(x, y)))}
    print(json.dumps(out | {"seconds": time.perf_counter() - begin}))


if __name__ == "__main__":
    main()
