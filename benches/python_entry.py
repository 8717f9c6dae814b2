#!/usr/bin/python3
"""Times the wheel beside the command, on the same log: benches/python_entry.py LOG

`import ostack` must find a release build (see sort_versions.py). Whole processes are timed, in CPU
seconds (user and system), the median of five runs in turn; then calls in one process.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import time

log = sys.argv[1]
cli = pathlib.Path(__file__).parent.parent / "target/release/ostack-cli"
small = "Error: Function lookup() did not find a value for the name 'DEFAULT_EXEC_TIMEOUT'\n" * 20
commands = {
    "python3 -c pass": [sys.executable, "-c", "pass"],
    "import ostack": [sys.executable, "-c", "import ostack"],
    "ostack.diagnose(LOG)": [sys.executable, "-c", "import ostack, sys; ostack.diagnose(sys.argv[1])", log],
}
if cli.exists():
    commands["ostack-cli diagnose LOG"] = [str(cli), "diagnose", "--threads", "1", "--quiet", log]


def cpu_seconds(command):
    before = os.times()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = os.times()
    return sum(after[2:4]) - sum(before[2:4])


times = {name: [] for name in commands}
for _ in range(5):
    for name, command in commands.items():
        times[name].append(cpu_seconds(command))
for name, seconds in times.items():
    print(f"{statistics.median(seconds):8.3f} s  {name}")

import ostack

for name, call in {
    "ostack.diagnose_text of 2 KB": lambda: ostack.diagnose_text(small),
    "  and .to_json()": lambda: ostack.diagnose_text(small).to_json(),
}.items():
    call()
    since = time.process_time()
    for _ in range(200):
        call()
    print(f"{(time.process_time() - since) / 200 * 1000:8.3f} ms {name}, called again")
