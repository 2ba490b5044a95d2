"""Opinion groups and representative statements by red-dwarf.   peer_votes.py VOTES

VOTES is a Polis export's votes.csv with the columns timestamp, comment-id, voter-id, vote. Prints {"votes", "groups",
"seconds": wall time of reading and of the pipeline, without the interpreter's start and imports}.
"""
import json
import sys
import time

import pandas as pd
from reddwarf.implementations.polis import run_pipeline


def main():
    begin = time.perf_counter()
    table = pd.read_csv(sys.argv[1], usecols=["timestamp", "comment-id", "voter-id", "vote"])
    table.columns = ["modified", "statement_id", "participant_id", "vote"]
    result = run_pipeline(votes=table.to_dict("records"), random_state=1)
    groups = len(set(result.clusterer.labels_)) if result.clusterer is not None else 0
    print(json.dumps({"votes": len(table), "groups": groups, "seconds": time.perf_counter() - begin}))


if __name__ == "__main__":
    main()
