# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks share: side-by-side rounds, medians, the machine's name, spinning processes.

Absolute times of one machine on one day say little, so everything that is compared is measured in
turns within one run, and what counts is the ratio to bare. Nothing here asserts a time.
"""
import contextlib
import os
import pathlib
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time


def machine():
    """One line: processor, how many, kernel."""
    model = "unknown processor"
    for line in open("/proc/cpuinfo", encoding="utf-8"):
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{model}, {os.cpu_count()} CPUs, Linux {os.uname().release}"


def idle_share(seconds=0.2):
    """How much of all CPUs' time is idle now, in percent: what "quiet" was worth."""
    def sample():
        with open("/proc/stat", encoding="utf-8") as stat:
            fields = [int(word) for word in stat.readline().split()[1:9]]
        return fields[3] + fields[4], sum(fields)

    idle, total = sample()
    time.sleep(seconds)
    idle_now, total_now = sample()
    return 100 * (idle_now - idle) / max(1, total_now - total)


@contextlib.contextmanager
def busy():
    """A spinning process of normal priority for each CPU."""
    pids = []
    try:
        for _ in range(os.cpu_count()):
            pid = os.fork()
            if pid == 0:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                while os.getppid() != 1:
                    for _ in range(1 << 16):
                        pass
                os._exit(0)
            pids.append(pid)
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


@contextlib.contextmanager
def home():
    """A home with a workspace, in which the measured programs run; gone at the end."""
    old = os.getcwd(), os.environ.get("HOME")
    root = pathlib.Path(tempfile.mkdtemp(prefix="callgate-bench-"))
    try:
        (root / "home/work").mkdir(parents=True)
        os.environ["HOME"] = str(root / "home")
        os.chdir(root / "home/work")
        yield root / "home/work"
    finally:
        os.chdir(old[0])
        if old[1] is not None:
            os.environ["HOME"] = old[1]
        shutil.rmtree(root, ignore_errors=True)


def output(command):
    """What command prints; ends the run where it fails."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"bench: {' '.join(map(str, command))} ended with {done.returncode}: "
                 f"{done.stderr.strip()[-500:]}")
    return done.stdout


def clock(function):
    """Seconds that function takes."""
    began = time.monotonic()
    function()
    return time.monotonic() - began


def processor_seconds():
    """Of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def processor_us(measure, count):
    """Microseconds of processor time of each of count, as measure(count) does them. The start costs
    too: a short run is taken off."""
    began = processor_seconds()
    measure(1)
    short = processor_seconds()
    measure(count)
    return ((processor_seconds() - short) - (short - began)) / count * 1e6


def rounds(count, measures):
    """Medians by name: each of measures (name: function that returns a time) once a round."""
    samples = {name: [] for name in measures}
    for _ in range(count):
        for name, measure in measures.items():
            samples[name].append(measure())
    return {name: statistics.median(values) for name, values in samples.items()}


def table(head, rows):
    """Columns as wide as they must be; the first to the left, the others to the right."""
    lines = [head] + rows
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for line in lines:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]
        print("  ".join(cells).rstrip())
    sys.stdout.flush()
