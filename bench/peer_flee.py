"""FLEE on a staged conflict folder, for so many days and with one agent for so many people.

    peer_flee.py FOLDER START_DATE DAYS PEOPLE_AN_AGENT

Prints {"ard", "ard_rescaled", "agents", "seconds": wall time of the days, without imports and reading}. The registrations
it is scored on are FLEE's own table, with its corrections; the settings are those of its validation runs.
"""
import csv
import json
import pathlib
import sys
import tempfile
import time

import numpy as np
from flee import InputGeography, flee, spawning
from flee.datamanager import handle_refugee_data
from flee.SimulationSettings import SimulationSettings

SETTINGS = """
spawn_rules: {{sum_from_camps: true, conflict_spawn_decay: [1.0, 1.0, 1.0, 0.5, 0.1], empty_camps_on_day0: false}}
move_rules: {{max_move_speed: 400.0, camp_weight: 1.0, softening: 50.0, default_movechance: 0.5, start_on_foot: false,
             avoid_short_stints: true, capacity_scaling: 1.25, distance_power: 0.75}}
optimisations: {{hasten: {}}}
"""
KINDS = {"location": "location", "country": "country", "camp": "location",
         "remove_forced_redirection": "remove_forced_redirection"}


def rows(path):
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def write(path, header, lines):
    with open(path, "w", encoding="utf-8", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows([header] * bool(header) + lines)


def write_geography(folder, to, days):
    fighting, places = rows(folder / "conflicts.csv"), rows(folder / "locations.csv")
    write(to / "locations.csv",
          ["#name", "region", "country", "gps_x", "gps_y", "location_type", "conflict_date", "pop/cap"],
          [[p["name"], p["region"], p["country"], p["lat"], p["lon"], p["type"], p["conflict_day"] or 0,
            p["population"] or 0] for p in places])
    write(to / "routes.csv", ["#name1", "name2", "distance", "forced_redirection"],
          [[r["name1"], r["name2"], r["distance_km"], r["forced_redirection"] or 0] for r in rows(folder / "routes.csv")])
    write(to / "closures.csv", ["#closure_type", "name1", "name2", "closure_start", "closure_end"],
          [[KINDS[c["type"]], c["name1"], c["name2"], c["start_day"], c["end_day"]]
           for c in rows(folder / "closures.csv")])
    zones = sorted({f["location"] for f in fighting} & {p["name"] for p in places})

    def level(zone, day):
        return int(any(f["location"] == zone and int(f["first_day"]) <= day <= int(f["last_day"]) for f in fighting))

    write(to / "conflicts.csv", ["#Day", *zones], [[day] + [level(z, day) for z in zones] for day in range(days + 1)])


def write_registrations(folder, to):
    layout = [["total", "total.csv"]]
    write(to / "total.csv", ["Date", "n"], [[t["date"], t["refugees"]] for t in rows(folder / "totals.csv")])
    series = {}
    for r in rows(folder / "camps.csv"):
        series.setdefault(r["camp"], {}).setdefault(r["source_series"], []).append([r["date"], r["registered"]])
    known = {p["name"] for p in rows(folder / "locations.csv")}
    for i, (camp, parts) in enumerate(sorted(series.items())):
        names = [f"camp{i}_{j}.csv" for j in range(len(parts))]
        for name, part in zip(names, parts.values()):
            write(to / name, ["Date", "n"], part)
        if camp in known:
            layout.append([camp, *names])
    write(to / "data_layout.csv", ["#name", "file"], layout)
    write(to / "corrections.csv", None,  # FLEE takes every line for a row
          [[c["camp"], c["date"]] for c in rows(folder / "registration_corrections.csv")])


def simulate(folder, to, start, days, part):
    settings = to / "settings.yml"
    settings.write_text(SETTINGS.format(part), encoding="utf-8")
    SimulationSettings.ReadFromYML(str(settings))
    SimulationSettings.ConflictInputFile = str(to / "conflicts.csv")
    world, geography = flee.Ecosystem(), InputGeography.InputGeography()
    geography.ReadConflictInputCSV(SimulationSettings.ConflictInputFile)
    geography.ReadLocationsFromCSV(str(to / "locations.csv"))
    geography.ReadLinksFromCSV(str(to / "routes.csv"))
    geography.ReadClosuresFromCSV(str(to / "closures.csv"))
    world, places = geography.StoreInputGeographyInEcosystem(world)
    data = handle_refugee_data.RefugeeTable(csvformat="generic", data_directory=str(to), start_date=start,
                                            data_layout="data_layout.csv", population_scaledown_factor=part)
    data.ReadL1Corrections(str(to / "corrections.csv"))
    camps = world.get_camp_names()
    for camp in camps:
        spawning.add_initial_refugees(world, data, places[camp])
    people, seen = [], []
    begin = time.perf_counter()
    for day in range(days):
        geography.AddNewConflictZones(world, day)
        spawning.spawn_daily_displaced(world, day, data)
        spawning.refresh_spawn_weights(world)
        world.enact_border_closures(day)
        world.evolve()
        people.append([places[c].numAgents for c in camps])
        seen.append([data.get_field(c, day) for c in camps])
    return np.array(people, float), np.array(seen, float), world.numAgents(), time.perf_counter() - begin


def score(people, seen):
    good = seen.sum(axis=1) > 0
    people, seen = people[good], seen[good]
    total, there = seen.sum(axis=1), people.sum(axis=1)
    scaled = people * (total / np.where(there > 0, there, 1))[:, None]
    return [float(np.mean(np.abs(x - seen).sum(axis=1) / total)) for x in (people, scaled)]


def main():
    folder, start, days, part = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    said, sys.stdout = sys.stdout, sys.stderr
    with tempfile.TemporaryDirectory() as temporary:
        to = pathlib.Path(temporary)
        write_geography(folder, to, days)
        write_registrations(folder, to)
        people, seen, agents, seconds = simulate(folder, to, start, days, part)
    ard, rescaled = score(people, seen)
    sys.stdout = said
    print(json.dumps({"ard": ard, "ard_rescaled": rescaled, "agents": agents, "seconds": seconds}))


if __name__ == "__main__":
    main()
