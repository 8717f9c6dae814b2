"""What `benches/peers` runs: each peer as a process of its own, in turn, and the table."""

import importlib.util
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

RUNS = 5

HYPERSCAN = """
import sys, time, hyperscan
patterns = [line.rstrip("\\n").encode() for line in open(sys.argv[2])]
database = hyperscan.Database()
database.compile(expressions=patterns, ids=list(range(len(patterns))),
                 flags=[hyperscan.HS_FLAG_SINGLEMATCH] * len(patterns))
data, found = open(sys.argv[1], "rb").read(), []
start = time.process_time()
database.scan(data, match_event_handler=lambda *match: found.append(match))
print("scan alone", time.process_time() - start, file=sys.stderr)
"""

YARA_X = """
import sys, yara_x
patterns = [line.rstrip("\\n").replace("/", "\\\\/") for line in open(sys.argv[2])]
strings = "\\n".join(f"$p{n} = /{pattern}/" for n, pattern in enumerate(patterns))
rules = yara_x.compile(f"rule logs {{ strings: {strings} condition: any of them }}")
yara_x.Scanner(rules).scan(open(sys.argv[1], "rb").read())
"""

SEARCHKIT = """
import sys
from searchkit import FileSearcher, SearchDef
searcher = FileSearcher(max_parallel_tasks=1)
searcher.add(SearchDef([".*" + line.rstrip("\\n") for line in open(sys.argv[2])]), sys.argv[1])
searcher.run()
"""


def cpu_seconds(command):
    """User and system time of a process and its children, its exit status, and what it wrote to
    standard error."""
    # Not to /dev/null: there grep stops at the first match.
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(command, stdout=output, stderr=errors)
        _, status, usage = os.wait4(child.pid, 0)
        errors.seek(0)
        status = os.waitstatus_to_exitcode(status)
        return usage.ru_utime + usage.ru_stime, status, errors.read().decode()


def main(ostack, log, patterns):
    python = sys.executable
    commands = {
        "wc -l": ["wc", "-l", log],
        "ostack": [ostack, "diagnose", "--threads", "1", log],
        "ripgrep": ["rg", "-j1", "-c", "-f", patterns, log],
        "GNU grep": ["grep", "-c", "-E", "-f", patterns, log],
        "Hyperscan": [python, "-c", HYPERSCAN, log, patterns],
        "YARA-X": [python, "-c", YARA_X, log, patterns],
        "searchkit": [python, "-c", SEARCHKIT, log, patterns],
    }
    modules = {"Hyperscan": "hyperscan", "YARA-X": "yara_x", "searchkit": "searchkit"}
    for name in list(commands):
        there = shutil.which(commands[name][0])
        if name in modules:
            there = importlib.util.find_spec(modules[name])
        if not there:
            print(f"left out: {name} is not there", file=sys.stderr)
            del commands[name]
    times = {name: [] for name in commands}
    for run in range(RUNS):
        for name, command in commands.items():
            if name == "searchkit" and run > 0:
                continue  # Takes half a minute.
            seconds, status, errors = cpu_seconds(command)
            if status not in (0, 1) or status == 1 and name != "ostack":
                sys.exit(f"{name} failed: {errors}")
            times[name].append(seconds)
            for line in errors.splitlines():
                if line.startswith("scan alone "):
                    times.setdefault("Hyperscan, scan alone", []).append(float(line.split()[-1]))
    median = {name: statistics.median(values) for name, values in times.items() if values}
    megabytes = os.path.getsize(log) / 1e6
    print("| | CPU s | MB/s | ostack takes |\n| --- | --- | --- | --- |")
    for name, seconds in sorted(median.items(), key=lambda item: item[1]):
        rate, ratio = megabytes / max(seconds, 1e-4), median["ostack"] / max(seconds, 1e-4)
        print(f"| {name} | {seconds:.3f} | {rate:.0f} | {ratio:.2f} times as long |")


if __name__ == "__main__":
    main(*sys.argv[1:])
