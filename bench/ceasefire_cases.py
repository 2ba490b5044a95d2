"""The cases ceasefire, ceasefire-durable, ceasefire-order, ceasefire-restart, ceasefire-esper, ceasefire-live and
ceasefire-staged of bench/run. bench/README.md says what each line means."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.request

import serve_cases

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE / "out"
SHARED = pathlib.Path(os.environ.get("VIGIE_SHARED", HERE / ".." / ".." / "shared")).resolve() / "data" / "ceasefire"
SEED = int(os.environ.get("BENCH_SEED", "11"))
ESPER_REPORTS = 200_000
LIVE_PER_S, LIVE_SECONDS, LIVE_BATCH = 1000, 20, 100


class Missing(Exception):
    """Something that is not here; the text says what."""


def replay(vigie, reports, *more, sync=True):
    """What the program says of itself; one core."""
    argv = ["taskset", "-c", "0", vigie, "ceasefire", "replay", "--simulate", f"seed={SEED},reports={reports}", "--json", *more]
    said = subprocess.run(argv, capture_output=True, text=True, check=False,
                          env=os.environ if sync else {**os.environ, "VIGIE_SYNC": "off"})
    if said.returncode != 0:
        raise RuntimeError(f"replay: {said.stderr.strip()}")
    return json.loads(said.stdout)


def order(vigie, reports, orders):
    said = subprocess.run([vigie, "ceasefire", "evaluate", "--simulate", f"seed={SEED},reports={reports}", "--orders",
                           str(orders), "--json"], capture_output=True, text=True, check=False)
    if not said.stdout:
        raise RuntimeError(f"evaluate: {said.stderr.strip()}")
    return json.loads(said.stdout)


def restart(build):
    """Whether the crash test of the desk passes with 50 kills."""
    program = pathlib.Path(build) / "test" / "test_ceasefire_desk_crash"
    if not program.exists():
        raise Missing(f"the test program {program} (make check builds it)")
    said = subprocess.run([program], capture_output=True, text=True, check=False, env={**os.environ, "VIGIE_KILLS": "50"})
    return said.returncode == 0, (said.stdout + said.stderr).strip().splitlines()[-1]


def esper(vigie):
    """Ours and Esper's seconds over the same reports, and how right Esper was."""
    ready = subprocess.run([HERE / "setup-esper-peer"], capture_output=True, text=True, check=False)
    if ready.returncode != 0:
        raise Missing((ready.stderr.strip().splitlines() or ["no reason given"])[-1])
    folder, found = OUT / "esper", OUT / "esper" / "found.csv"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    simulation = f"seed={SEED},reports={ESPER_REPORTS}"
    subprocess.run([vigie, "ceasefire", "replay", "--simulate", simulation, "--dump", folder], check=True)
    peers = HERE / "peers" / "esper"
    ours, theirs, peak = [], [], 0
    for _ in range(int(os.environ.get("BENCH_PAIRS", "3"))):
        ours.append(replay(vigie, ESPER_REPORTS, "--only-speed")["reports_per_s"])
        said = subprocess.run(["taskset", "-c", "0", "java", "-XX:+UseSerialGC", "-Xmx3g", "-cp",
                               f"{peers}/classes:{peers}/jars/*", "Peer", folder, found],
                              capture_output=True, text=True, check=True)
        told = json.loads(said.stdout.strip().splitlines()[-1])
        theirs.append(told["reports"] / told["seconds"])
        peak = max(peak, told["rss_mib"])
    scored = subprocess.run([vigie, "ceasefire", "evaluate", "--simulate", simulation, "--found", found],
                            capture_output=True, text=True, check=True)
    return ours, theirs, peak, json.loads(scored.stdout), replay(vigie, ESPER_REPORTS)


# --- from report to the event on the page ---

# Sites in the ocean, outside the simulated war, each with a threshold that one report reaches: what tips the balance is known.
SITES = 20
SITE = """
[[zone]]
id = "bench-{k}"
name = "Site {k}"
kind = "protected_site"
point = [{lon}, {lat}]
radius_km = 5

[[clause]]
id = "bench-{k}"
title = "Site {k}"
text = "No fire at the site."
parties = "all"
acts = "all_fire"
zone = "bench-{k}"
severity = 5

[[threshold]]
id = "bench-{k}"
scope = "zone"
of = "bench-{k}"
within_hours = 24
least_count = 1
action = "the duty officer is called"
"""


def site(k):
    """Where the k-th site lies: latitude, longitude."""
    return -60 + 0.5 * k, -150.0


def with_sites(text):
    """The agreement of the simulation with our sites."""
    return text + "".join(SITE.format(k=k, lat=site(k)[0], lon=site(k)[1]) for k in range(SITES))


def instant(at):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def tipping(k, now):
    """The one report that reaches the threshold of the k-th site."""
    lat, lon = site(k)
    at = instant(now - 60)
    return json.dumps({"source": "bench", "id": str(k), "kind": "patrol", "from": at, "to": at, "lat": lat, "lon": lon, "radius_m": 50,
                       "act": "mortar", "weapon": "mortar"}).encode() + b"\n"


def read_stream(port, header, seen, stop):
    """Notes when each piece of news about incidents comes, and each alert of a site (by its number)."""
    name, value = header.strip().split(": ")
    ask = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/stream", headers={name: value})
    with contextlib.suppress(OSError), urllib.request.urlopen(ask, timeout=30) as stream:
        for line in stream:
            if line.startswith(b"event: ceasefire-incident"):
                seen["incidents"].append(time.perf_counter())
            told = re.search(rb'"rule":"threshold".*"threshold":"bench-(\d+)"', line)
            if told:
                seen["alerts"].setdefault(int(told[1]), time.perf_counter())
            if stop.is_set():
                break


def live(vigie):
    """What post_all says of a server on a store of its own, with the simulated war as the background."""
    with tempfile.TemporaryDirectory() as folder:
        store = f"{folder}/s.db"
        n = LIVE_PER_S * LIVE_SECONDS
        subprocess.run([vigie, "ceasefire", "replay", "--simulate", f"seed={SEED},reports={n}", "--dump", folder], check=True)
        agreement = pathlib.Path(f"{folder}/agreement.toml")
        agreement.write_text(with_sites(agreement.read_text(encoding="utf-8")), encoding="utf-8")
        subprocess.run([vigie, "ceasefire", "enter", agreement, "--store", store], check=True, stdout=subprocess.DEVNULL)
        said = subprocess.run([vigie, "token", "add", "--role", "analyst", "--name", "bench", "--store", store, "--json"],
                              capture_output=True, text=True, check=True).stdout
        header = f"Authorization: Bearer {re.search(r'vigie_[A-Za-z0-9_-]+', said)[0]}\r\n"
        head, *rows = pathlib.Path(f"{folder}/reports.csv").read_text(encoding="utf-8").splitlines()
        now = max(int(row.split(",")[2]) for row in rows)  # received_at: what has happened by then is not long ago
        os.environ["VIGIE_NOW"] = instant(now)
        try:
            with serve_cases.serving(vigie, store) as (port, _):
                return post_all(port, header, head, rows, now)
        finally:
            del os.environ["VIGIE_NOW"]


def post(port, header, body, kind):
    name, value = header.strip().split(": ")
    ask = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/ceasefires/simulation/reports", body,
                                 {name: value, "Content-Type": kind})
    with urllib.request.urlopen(ask, timeout=60) as answer:
        return json.loads(answer.read())


def tip_all(port, header, begin, sent, now):
    """Posts a tipping report each LIVE_SECONDS / SITES seconds, beside the others."""
    for k in range(SITES):
        time.sleep(max(0, begin + (k + 0.5) * LIVE_SECONDS / SITES - time.perf_counter()))
        sent[k] = time.perf_counter()
        post(port, header, tipping(k, now), "application/x-ndjson")


def post_all(port, header, head, rows, now):
    """Seconds from each POST of 100 reports to the first news of incidents after its answer, how many had none, how many reports
    were refused, and seconds from each POST of a tipping report to its alert."""
    seen, stop, posts, refused, sent = {"incidents": [], "alerts": {}}, threading.Event(), [], 0, {}
    threading.Thread(target=read_stream, args=(port, header, seen, stop), daemon=True).start()
    time.sleep(2)
    begin = time.perf_counter()
    tipper = threading.Thread(target=tip_all, args=(port, header, begin, sent, now), daemon=True)
    tipper.start()
    for k in range(0, len(rows), LIVE_BATCH):
        due = begin + k / LIVE_PER_S
        time.sleep(max(0, due - time.perf_counter()))
        told = post(port, header, "\n".join([head, *rows[k:k + LIVE_BATCH], ""]).encode(), "text/csv")
        refused += told["rejected"] + told["over_rate"]
        posts.append((due, time.perf_counter()))
    tipper.join()
    time.sleep(3)
    stop.set()
    waits = [next((s for s in seen["incidents"] if s >= answered), None) for _, answered in posts]
    took = [w - due for w, (due, _) in zip(waits, posts) if w is not None]
    alerts = [seen["alerts"].get(k, float("inf")) - at for k, at in sent.items()]
    return took, len(posts) - len(took), refused, alerts


# --- the cases ---


def case_memory(report, vigie):
    runs = [replay(vigie, 1_000_000) for _ in range(int(os.environ.get("BENCH_PAIRS", "1")))]
    said = runs[0]
    note = f"seed {SEED}, one core, in memory: packing, chain of hashes, settling each 1,000, publishing"
    report.line("ceasefire", "reports", [r["reports_per_s"] for r in runs], None, "1/s", (">=", 200000), of="ours", note=note,
                form="{:.0f}")
    naive = "peer: the naive rule (nearest zone, first report wins)"
    report.line("ceasefire", "violation f1", [said["f1"]], [said["naive_f1"]], "", (">=", 0.9), of="ours", note=naive)
    report.line("ceasefire", "f1 at .8", [said["at_violation"]["f1"]], None, "")
    report.line("ceasefire", "attribution", [said["attribution_precision"]], [said["naive_attribution_precision"]], "",
                (">=", 0.95), of="ours", note=f"abstains in {said['abstained']:.2f}; {naive}")
    report.line("ceasefire", "brier", [said["brier"]], [said["naive_brier"]], "", ("<=", 0.08), of="ours", note=naive)
    off = max((abs(t["said"] - t["true"]) for t in said["calibration"] if t["n"] >= 100), default=float("nan"))
    report.line("ceasefire", "calibration", [off], None, "", note="largest distance of said from true in a tenth of 100 and more")
    report.line("ceasefire", "memory", [said["rss_mib"]], None, "MiB", form="{:.0f}")


def case_durable(report, vigie):
    peaks = []
    for n in (1_000_000, 10_000_000):
        said = replay(vigie, n, "--durable", sync=False)
        note = f"{n:,} reports, batches of 100, VIGIE_SYNC=off: without fsync"
        report.line("durable", f"reports {n // 1_000_000} m", [said["reports_per_s"]], None, "1/s", (">=", 40000), of="ours",
                    note=note, form="{:.0f}")
        report.line("durable", f"p99 {n // 1_000_000} m", [said["p99_ms"]], None, "ms", ("<", 50), of="ours", note=note)
        report.line("durable", f"memory {n // 1_000_000} m", [said["rss_mib"]], None, "MiB", ("<", 500), of="ours",
                    form="{:.0f}")
        peaks.append(said["rss_mib"])
    report.line("durable", "memory 10 m : 1 m", [peaks[1] / peaks[0]], None, "", ("<", 1.1), of="ours", note="flat")
    said = replay(vigie, 100_000, "--durable")
    report.line("durable", "with fsync", [said["reports_per_s"]], None, "1/s", note="100,000 reports", form="{:.0f}")


def case_order(report, vigie):
    said = order(vigie, 2000, 100)
    note = f"{said['n_reports']} reports, random orders cut into batches of 1 to 500, published in between"
    report.line("order", "same state", [said["same_state"]], None, "of 100", (">=", 100), of="ours", note=note, form="{:.0f}")
    report.line("order", "same figures", [said["same_figures"]], None, "of 100", (">=", 100), of="ours",
                note="published plus corrections is the same", form="{:.0f}")


def case_restart(report, vigie):
    good, last = restart(pathlib.Path(vigie).parent)
    report.line("restart", "kept over 50 kills", [float(good)], None, "", (">=", 1), of="ours", note=last)


def case_esper(report, vigie):
    ours, theirs, peak, scored, said = esper(vigie)
    note = f"peer: Esper 8.9, {ESPER_REPORTS} reports, one core, after a warm-up, without JVM start and compiling; {peak} MiB"
    report.line("esper", "reports", ours, theirs, "1/s", note=note, form="{:.0f}")
    report.line("esper", "violation f1", [said["f1"]], [scored["f1"]], "", note="yes or no instead of probabilities")
    report.line("esper", "attribution", [said["attribution_precision"]], [scored["attribution_precision"]], "")


def case_live(report, vigie):
    took, unseen, refused, alerts = live(vigie)
    took.sort()
    note = f"{len(took)} posts of {LIVE_BATCH} at {LIVE_PER_S}/s; from when a post was due to the first event after its answer; {refused} refused"
    report.line("live", "report to event p99", [took[int(len(took) * 0.99)]] if took else [float("inf")], None, "s", ("<", 1),
                of="ours", note=note)
    report.line("live", "report to event p50", [statistics.median(took)] if took else [float("inf")], None, "s")
    report.line("live", "posts without event", [unseen], None, "", ("<=", 0), of="ours", form="{:.0f}")
    report.line("live", "report to alert most", [max(alerts)], None, "s", ("<", 1), of="ours",
                note=f"{len(alerts)} reports that reach a threshold, among the others; from the POST to the alert on the stream")
    report.line("live", "report to alert p50", [statistics.median(alerts)], None, "s")


def staged(vigie, *argv):
    """What a verb of ceasefires says about staged data."""
    for name in argv:
        if str(name).startswith(str(SHARED)) and not pathlib.Path(name).exists():
            raise Missing(f"{name} (VIGIE_SHARED)")
    said = subprocess.run([vigie, "ceasefire", *argv, "--json"], capture_output=True, text=True, check=False)
    if not said.stdout:
        raise RuntimeError(f"{argv[0]}: {said.stderr.strip()}")
    return json.loads(said.stdout)


def case_staged(report, vigie):
    firms = [str(SHARED / f"firms_ukraine_{year}.csv.gz") for year in (2021, 2022, 2023)]
    heat = staged(vigie, "heat", *firms, "--baseline", "2021", "--from", "2023-01-06", "--to", "2023-01-07")
    report.line("staged", "r2 power", [heat["power"]], None, "",
                note=f"heat of the truce of 6 and 7 January 2023: {heat['verdict']}; below .8 it must be not decidable")
    rates = staged(vigie, "rates", str(SHARED / "loc_india_pakistan_cfv_monthly.csv"), "--series", "Total_cfv", "--score-from", "2017-07")
    ahead = rates["next"][0]
    report.line("staged", "r6 error", [ahead["mae"]], [ahead["mae_naive"]], "", ("<", 1), of="ratio",
                note=f"{ahead['n_scored']} months after those the weights were chosen on; peer: the month before")


CASES = {"ceasefire-staged": case_staged, "ceasefire": case_memory, "ceasefire-durable": case_durable, "ceasefire-order": case_order,
         "ceasefire-restart": case_restart, "ceasefire-esper": case_esper, "ceasefire-live": case_live}
