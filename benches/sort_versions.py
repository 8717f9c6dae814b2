#!/usr/bin/env python3
"""Sorts 10,000 EVR strings through the wheel, parsing included, and with librpm's own binding.

Both in one process and one run, on the same strings in the same order; the best of several rounds of
each, taken in turn. librpm's binding is used as it is fastest: `rpm.ver`, an object with its own
comparison, where it has one, else `rpm.labelCompare` over strings that were split beforehand.
"""
import functools
import random
import time

import ostack
import rpm

COUNT, ROUNDS = 10_000, 15


def texts() -> list[str]:
    """Names of versions as RDO's packages bear them, the same on every run."""
    rng = random.Random(5)
    number = lambda most: str(rng.randrange(most))
    found = set()
    while len(found) < COUNT:
        epoch = rng.choice(["", "", "1:", "2:"])
        version = ".".join(number(30) for _ in range(rng.randrange(2, 5)))
        version += rng.choice(["", "", "", "~rc1", "^20210101git1a2b3c"])
        release = number(9) + rng.choice(["", ".1", ".0rc2", ".7c1ae25git"]) + rng.choice([".el7", ".el8", ".el9s"])
        found.add(f"{epoch}{version}-{release}")
    shuffled = sorted(found)
    rng.shuffle(shuffled)
    return shuffled


def ours(evrs: list[str]) -> list[str]:
    version = ostack.Version
    return [str(v) for v in sorted([version(evr, "rpm") for evr in evrs])]


def librpm_ver(evrs: list[str]) -> list[str]:
    return [str(v) for v in sorted([rpm.ver(evr) for evr in evrs])]


def librpm_labels(evrs: list[str]) -> list[str]:
    def parts(evr):
        epoch, _, rest = evr.rpartition(":")
        version, _, release = rest.rpartition("-")
        return (epoch or "0", version, release), evr

    compare = functools.cmp_to_key(lambda a, b: rpm.labelCompare(a[0], b[0]))
    return [evr for _, evr in sorted([parts(evr) for evr in evrs], key=compare)]


def main() -> None:
    evrs = texts()
    candidates = [ours, librpm_labels] + ([librpm_ver] if hasattr(rpm, "ver") else [])
    keyed = [ostack.Version(evr, "rpm") for evr in candidates[1](evrs)]
    assert keyed == [ostack.Version(evr, "rpm") for evr in ours(evrs)], "the orders differ"
    best = dict.fromkeys(candidates, float("inf"))
    for _ in range(ROUNDS):
        for sort in candidates:
            start = time.perf_counter()
            sort(evrs)
            best[sort] = min(best[sort], time.perf_counter() - start)
    for sort, seconds in best.items():
        print(f"{sort.__name__:14} {seconds * 1000:7.2f} ms")
    fastest = min(seconds for sort, seconds in best.items() if sort is not ours)
    print(f"librpm {rpm.__version__} takes {fastest / best[ours]:.1f} times as long")


if __name__ == "__main__":
    main()
