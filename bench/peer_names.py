#!/usr/bin/env python3
"""Peers of name_pair: microseconds a pair of rapidfuzz (token-sorted Jaro-Winkler), jellyfish and nomenklatura's logic-v2.

    peer_names.py FILE        lines "name TAB name"; prints JSON, a peer that is not installed as null
"""
import json
import sys
import time


def timed(pairs, compare, rounds=3):
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        for a, b in pairs:
            compare(a, b)
        best = min(best, time.process_time() - began)
    return best / len(pairs) * 1e6


def sort_tokens(name):
    return " ".join(sorted(name.lower().split()))


def rapidfuzz(pairs):
    from rapidfuzz.distance import JaroWinkler
    return timed([(sort_tokens(a), sort_tokens(b)) for a, b in pairs], JaroWinkler.similarity)


def jellyfish(pairs):
    from jellyfish import jaro_winkler_similarity
    return timed([(sort_tokens(a), sort_tokens(b)) for a, b in pairs], jaro_winkler_similarity)


def nomenklatura(pairs):
    from followthemoney import model
    from nomenklatura.matching import LogicV2

    def person(name, key):
        return model.get_proxy({"id": key, "schema": "Person", "properties": {"name": [name]}})

    config = LogicV2.default_config()
    proxies = [(person(a, "a"), person(b, "b")) for a, b in pairs[:2000]]
    return timed(proxies, lambda a, b: LogicV2.compare(a, b, config), 1)


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        pairs = [tuple(line.rstrip("\n").split("\t")[:2]) for line in f if "\t" in line]
    out = {}
    for peer in (rapidfuzz, jellyfish, nomenklatura):
        try:
            out[peer.__name__] = round(peer(pairs), 4)
        except ImportError:
            out[peer.__name__] = None
    print(json.dumps(out))


main()
