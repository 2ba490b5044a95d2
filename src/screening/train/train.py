#!/usr/bin/env python3
"""Learns the model of name pairs and writes it as a C table.

    train.py SHARED/data/screening FEATURES OUTPUT.h [HARD.tsv]

FEATURES is the program name_features of the build. HARD has lines schema, name, name of pairs that are known to be
different (mine.py writes it). Printed are the out-of-fold figures on the labelled pairs: five folds drawn within case group
and label, the threshold of a fold from the scores of the four others; the table is then learnt from all rows.
"""
import csv, subprocess, sys, warnings
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

import synthesise

warnings.filterwarnings("ignore")
WEIGHT = {"xlit": .06, "orig": .15, "han": .12, "alias": .03, "neg": .04, "negrand": .06, "typo": .04, "hard": .04, "treated": .08, "backwards": .06}
RISING = {"cover_less", "cover_more", "same_less", "same_more", "worst_likeness", "bag_likeness"}
FALLING = {"left_less", "n_left_less", "number_clash"}
STATED = {"fields_turned"}  # weights are in name_model.c; the last columns
TREES, RATE, BAGS = 250, .06, 1


def clean(text):
    return text.replace("\t", " ").replace("\n", " ")


def measure(program, rows):
    lines = "".join("\t".join(map(clean, row)) + "\n" for row in rows)
    out = subprocess.run([program], input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout
    names = subprocess.run([program, "--names"], stdout=subprocess.PIPE, check=True).stdout.decode().split()
    learnt = [n for n in names if n not in STATED]
    assert names[:len(learnt)] == learnt
    return np.frombuffer(out, np.float32).reshape(len(rows), len(names))[:, :len(learnt)], learnt


def learner(names, seed):
    order = [1 if n in RISING else -1 if n in FALLING else 0 for n in names]
    return HistGradientBoostingClassifier(max_iter=TREES, learning_rate=RATE, max_depth=3, max_leaf_nodes=8,
                                          l2_regularization=2, min_samples_leaf=6, max_features=.3,
                                          monotonic_cst=order, random_state=seed, early_stopping=False)


def learn(names, seed, x, y, weight):
    return [learner(names, BAGS * seed + k).fit(x, y, sample_weight=weight) for k in range(BAGS)]


def logits(models, x):
    return np.mean([m.decision_function(x) for m in models], axis=0)


def f1(truth, said):
    return 2 * (truth & said).sum() / max(1, truth.sum() + said.sum())


def threshold(truth, score):
    """Best F1, of a curve smoothed over .07 so that the choice carries over."""
    at = np.linspace(.2, .8, 61)
    curve = np.array([f1(truth, (score >= t).astype(int)) for t in at])
    return at[int(np.argmax(np.convolve(np.pad(curve, 3, mode="edge"), np.ones(7) / 7, "valid")))]


def is_cross(row):
    other = [any(ord(c) > 0x24F and c.isalpha() for c in row[k]) for k in ("name1", "name2")]
    return other[0] != other[1]


def validate(x, y, groups, rows, extra, names, seeds=(0, 1)):
    ex, ey, ew = extra
    logit, figures = np.zeros(len(y)), {}
    cross = np.array([is_cross(r) for r in rows])
    for seed in seeds:
        raw, said = np.zeros(len(y)), np.zeros(len(y), int)
        folds = list(StratifiedKFold(5, shuffle=True, random_state=seed).split(x, [g + str(v) for g, v in zip(groups, y)]))
        for train, test in folds:
            m = learn(names, seed, np.vstack([x[train], ex]), np.concatenate([y[train], ey]),
                      np.concatenate([np.ones(len(train)), ew]))
            raw[test] = logits(m, x[test])
        p = 1 / (1 + np.exp(-raw))
        for train, test in folds:
            said[test] = p[test] >= threshold(y[train], p[train])
        logit += raw / len(seeds)
        parts = {"all": groups != "", "cross-script": cross, **{g: groups == g for g in sorted(set(groups))}}
        for name, mask in parts.items():
            figures.setdefault(name, []).append(f1(y[mask], said[mask]))
        figures.setdefault("brier", []).append(np.mean((p - y) ** 2))
    print("out of fold:", {k: round(float(np.mean(v)), 3) for k, v in figures.items()}, flush=True)
    return logit


def tree_tables(model, scale):
    """Complete trees of depth 3: 7 questions, 15 values (log-odds of each node, so that steps can be explained)."""
    trees = []
    for (predictor,) in model._predictors:
        nodes, question, value = predictor.nodes, [(0, np.inf)] * 7, [0.0] * 15

        def mean(i):
            if nodes[i]["is_leaf"]:
                return nodes[i]["value"], nodes[i]["count"]
            (a, n), (b, m) = mean(nodes[i]["left"]), mean(nodes[i]["right"])
            return (a * n + b * m) / (n + m), n + m

        def fill(at, i):
            value[at] = scale * mean(i)[0]
            if at >= 7:
                return
            leaf = nodes[i]["is_leaf"]
            if not leaf:
                t = np.float32(nodes[i]["num_threshold"])
                if t > nodes[i]["num_threshold"]:
                    t = np.nextafter(t, np.float32(-np.inf))
                question[at] = (int(nodes[i]["feature_idx"]), float(t))
            fill(2 * at + 1, i if leaf else nodes[i]["left"])
            fill(2 * at + 2, i if leaf else nodes[i]["right"])

        fill(0, 0)
        trees.append((question, value))
    return trees


def number(v):
    return "INFINITY" if v == np.inf else f"{np.float32(v):.9g}" + ("" if any(c in f"{np.float32(v):.9g}" for c in ".e") else ".0") + "F"


def write(path, trees, base, limit):
    with open(path, "w", encoding="ascii") as f:
        f.write("/* Written by src/screening/train/train.py; do not edit. */\n#ifndef VG_SCREENING_NAME_MODEL_INT_H\n"
                "#define VG_SCREENING_NAME_MODEL_INT_H\n\n#include <math.h>\n#include <stdint.h>\n\n"
                f"#define VG_MODEL_TREES     {len(trees)}\n#define VG_MODEL_BASE      ({base:.17g}) /* log-odds before any question */\n"
                f"#define VG_MODEL_START     ({base - sum(float(np.float32(v[0])) for _, v in trees):.17g}) /* without the roots */\n"
                f"#define VG_MODEL_THRESHOLD {limit:.4g}\n\n"
                "/* Complete trees of depth 3 in heap order: x[feature] > limit goes to 2 i + 2, else to 2 i + 1. */\n"
                "typedef struct {\n    uint8_t feature[7];\n    float limit[7], value[15];\n} vg_model_tree;\n\n"
                "#ifdef VG_MODEL_TABLE\n/* clang-format off */\nstatic const vg_model_tree model[VG_MODEL_TREES] = {\n")
        for question, value in trees:
            f.write("{{" + ",".join(str(q) for q, _ in question) + "},{" + ",".join(number(t) for _, t in question) + "},\n {"
                    + ",".join(number(v) for v in value) + "}},\n")
        f.write("};\n/* clang-format on */\n#endif\n\n#endif\n")


def main():
    folder, program, output = sys.argv[1:4]
    rows = list(csv.DictReader(open(folder + "/bench/name_pairs.csv", encoding="utf-8")))
    x, names = measure(program, [(r["schema"], r["name1"], r["name2"]) for r in rows])
    y = np.array([r["is_match"] == "true" for r in rows]).astype(int)
    groups = np.array([r["case_group"] for r in rows])
    made = synthesise.build(folder)
    if len(sys.argv) > 4:
        made += [(*line.rstrip("\n").split("\t")[:3], 0, "hard") for line in open(sys.argv[4], encoding="utf-8")]
    ex, _ = measure(program, [m[:3] for m in made])
    kind, ey = np.array([m[4] for m in made]), np.array([m[3] for m in made])
    take = np.random.RandomState(0).rand(len(made)) < .35
    cover, bag = ex[:, names.index("cover_more")], ex[:, names.index("bag_likeness")]
    keep = ((kind != "xlit") | take) & ~((kind == "alias") & (cover < .7) & (bag < .75))
    ex, ey, ew = ex[keep], ey[keep], np.array([WEIGHT[k] for k in kind[keep]])
    print(len(y), "labelled,", len(ey), "made; weight", {k: round(float(ew[kind[keep] == k].sum())) for k in WEIGHT})
    logit = validate(x, y, groups, rows, (ex, ey, ew), names)
    platt = LogisticRegression(C=1e6).fit(logit[:, None], y)
    a, b = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    p = 1 / (1 + np.exp(-(a * logit + b)))
    limit = threshold(y, p)
    print(f"Platt {a:.3f} {b:.3f}; threshold {limit:.2f}: F1 {f1(y, (p >= limit).astype(int)):.3f}, Brier {np.mean((p - y) ** 2):.4f}")
    for low in np.arange(0, 1, .1):
        mask = (p >= low) & (p < low + .1 + (low > .85))
        print(f"  {low:.1f}: n {mask.sum():3d} said {p[mask].mean():.2f} true {y[mask].mean():.2f}" if mask.any() else f"  {low:.1f}: none")
    m = learn(names, 0, np.vstack([x, ex]), np.concatenate([y, ey]), np.concatenate([np.ones(len(y)), ew]))
    base = a * np.mean([float(k._baseline_prediction.ravel()[0]) for k in m]) + b
    trees = [t for k in m for t in tree_tables(k, a / BAGS)]
    base += sum(v[0] for _, v in trees)
    write(output, trees, base, limit)
    print("in sample:", round(float(f1(y, (1 / (1 + np.exp(-(a * logits(m, x) + b))) >= limit).astype(int))), 3))


main()
