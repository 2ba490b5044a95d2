#!/usr/bin/env python3
"""Pairs that are known to be different and that the model of the round before found alike; for train.py's HARD.

    mine.py people SHARED/data/screening OUT.csv          10,000 people of person_negatives, names only
    vigie screen --file OUT.csv --lists LISTS --schema person --threshold 0.3 --limit 2 --out HITS.csv
    mine.py pairs HITS.csv [OLD.tsv] > HARD.tsv           what was found, with what an earlier round found

The people of person_negatives were made so as to match nobody on a list.
"""
import csv, gzip, random, sys


def people(folder, out):
    r = random.Random(5)
    with open(out, "w", newline="", encoding="utf-8") as f:
        w = csv.writer(f)
        w.writerow(["name"])
        for part in ("us", "global"):
            with gzip.open(f"{folder}/bench/person_negatives_{part}.csv.gz", "rt", encoding="utf-8") as g:
                w.writerows([n] for n in r.sample([row["full_name"] for row in csv.DictReader(g)], 5000))


def pairs(hits, old=None):
    r = random.Random(3)
    with open(hits, encoding="utf-8") as f:
        new = [f"Person\t{row['query']}\t{row['matched']}" for row in csv.DictReader(f)
               if row["schema"] == "person" and float(row["score"]) > .2]
    before = open(old, encoding="utf-8").read().splitlines() if old else []
    r.shuffle(new)
    print("\n".join(dict.fromkeys(before[:3000] + new[:4000])))


if __name__ == "__main__":
    {"people": people, "pairs": pairs}[sys.argv[1]](*sys.argv[2:])
