#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of docs/probes.md that need a GPU, in one run: ratios against peers on the same card, taken in turns.

Environment: BERTH_PROBE (the program, default build/bin/berth-probe), BABELSTREAM (its CUDA program; without it and
without PyTorch the peers of gpu_peers.cu are compiled, which needs nvcc). What cannot be run is said as LEFT OUT.
Exit: 0 every row that ran is met, 1 one is not, 3 there is no GPU.
"""
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(FOLDER))
PROBE = os.environ.get("BERTH_PROBE", os.path.join(ROOT, "build", "bin", "berth-probe"))
TURNS = 5
HEALTHY_RUNS = 20
TORCH = """
import json, sys, torch
def best(work, of):
    work(); torch.cuda.synchronize()
    times = []
    for _ in range(20):
        a, b = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        a.record()
        for _ in range(5): work()
        b.record(); b.synchronize()
        times.append(a.elapsed_time(b) / 5)
    return of / min(times) * 1e-6
x = torch.randint(0, 255, (1 << 30,), dtype=torch.uint8, device="cuda"); y = torch.empty_like(x)
m, n = (torch.randint(-15, 16, (8192, 8192), device="cuda").to(torch.bfloat16) for _ in range(2))
print(json.dumps({"copy": best(lambda: y.copy_(x), 2 * x.numel()), "bf16": best(lambda: m @ n, 2 * 8192**3) * 1e-3}))
"""


class Table:
    """Rows as they are measured; remembers whether one was missed."""

    def __init__(self):
        self.missed = False

    def row(self, what, figure, must, met):
        self.missed |= not met
        print(f"{what}\t{figure}\t{must}\t{'met' if met else 'MISSED'}", flush=True)

    def ratio(self, what, ours, peer, must):
        self.row(what, f"{ours:.1f} / {peer:.1f} = {ours / peer:.3f}", f">= {must}", ours / peer >= must)


def left_out(why):
    print("LEFT OUT:", why, file=sys.stderr, flush=True)


def probe(*arguments):
    """The lines of one run, its exit code, seconds to the end and to the first line."""
    begin = time.monotonic()
    with subprocess.Popen([PROBE, *arguments], stdout=subprocess.PIPE, text=True) as run:
        first = run.stdout.readline()
        until_first = time.monotonic() - begin
        lines = [json.loads(line) for line in [first, *run.stdout] if line.startswith("{")]
    return lines, run.returncode, time.monotonic() - begin, until_first


def figures(lines):
    return {f"{line['probe']}.{line['metric']}": line for line in lines if line["ev"] == "metric"}


def values(name, turns):
    return [turn[name]["value"] for turn in turns if name in turn]


def said(command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=True, **options).stdout


def triad_of_babelstream():
    out = said([os.environ["BABELSTREAM"], "-s", str(1 << 27), "-n", "20"])
    return float(re.search(r"^Triad\s+([0-9.]+)", out, re.MULTILINE).group(1)) / 1e3


def peers(folder):
    """What measures the peers here: name of the figure to a function, and who it is."""
    known = {}
    nvcc = shutil.which("nvcc") or shutil.which("nvcc", path="/usr/local/cuda/bin")
    if nvcc:
        program = os.path.join(folder, "peers")
        said([nvcc, "-O3", "-std=c++17", "-arch=native", "-o", program, os.path.join(FOLDER, "gpu_peers.cu")])
        known["triad"] = ("the triad of gpu_peers.cu", lambda: json.loads(said([program]))["triad"])
        known["copy"] = ("cudaMemcpy", lambda: json.loads(said([program]))["copy"])
    if subprocess.run([sys.executable, "-c", "import torch"], capture_output=True, check=False).returncode == 0:
        known["copy"] = ("PyTorch", lambda: json.loads(said([sys.executable, "-c", TORCH]))["copy"])
        known["bf16"] = ("PyTorch", lambda: json.loads(said([sys.executable, "-c", TORCH]))["bf16"])
    if os.environ.get("BABELSTREAM"):
        known["triad"] = ("BabelStream", triad_of_babelstream)
    return known


def against_peers(table, folder):
    known = peers(folder)
    rows = {"triad": ("membw.triad", 0.97), "copy": ("membw.copy", 0.97), "bf16": ("library.bf16", 0.98)}
    for name in sorted(rows.keys() - known.keys()):
        left_out(f"{rows[name][0]} against a peer: neither PyTorch nor nvcc can stand for it here")
    turns, theirs = [], {name: [] for name in known}
    for _ in range(TURNS):
        turns.append(figures(probe("--profile", "quick", "--probe", "membw,matrix,library")[0]))  # operands of 1 GiB
        for name, (_, measure) in known.items():
            theirs[name].append(measure())
    for name, (who, _) in known.items():
        metric, must = rows[name]
        ours = values(metric, turns)
        if ours:
            table.ratio(f"{metric} / {who}, best of {TURNS}", max(ours), max(theirs[name]), must)
        else:
            left_out(f"{metric}: not measured (is the vendor's library on the loader's path?)")
    wgmma, library = values("matrix.bf16_wgmma", turns), values("library.bf16", turns)
    if wgmma and library:
        table.ratio("matrix.bf16_wgmma / library.bf16, best of each", max(wgmma), max(library), 0.90)
    else:
        left_out("wgmma against the library: needs sm_90, a proven kernel and cuBLAS")


def healthy_runs(table):
    runs = [probe("--profile", "quick", "--expect", os.path.join(ROOT, "probes", "data", "expect.json"))
            for _ in range(HEALTHY_RUNS)]
    seconds = [run[2] for run in runs]
    table.row("quick, start to verdict, median", f"{statistics.median(seconds):.2f} s", "< 5 s",
              statistics.median(seconds) < 5)
    first = max(run[3] for run in runs)
    table.row("first line, slowest", f"{first * 1e3:.1f} ms", "< 50 ms", first < 0.05)
    wrong = [run for run in runs if run[1] != 0]
    table.row(f"verdicts that are not good in {HEALTHY_RUNS} runs", str(len(wrong)), "0", not wrong)
    for run in wrong:
        print(json.dumps([line for line in run[0] if line["ev"] in ("error", "inconclusive", "stopped")
                          or line.get("verdict") == "fail" or line.get("valid") is False]))
    turns = [figures(run[0]) for run in runs]
    print("figure\tmedian\tleast\tmost\tunit")
    for name, line in turns[0].items():
        each = values(name, turns)
        print(f"{name}\t{statistics.median(each):.4g}\t{min(each):.4g}\t{max(each):.4g}\t{line['unit']}")


def sanitizer(table):
    program = shutil.which("compute-sanitizer") or shutil.which("compute-sanitizer", path="/usr/local/cuda/bin")
    if not program:
        left_out("compute-sanitizer: not installed")
        return
    for tool in ("memcheck", "racecheck"):
        run = subprocess.run([program, "--tool", tool, "--error-exitcode", "9", PROBE, "--profile", "ci", "--stall",
                              "300", "--backend", "cuda"], capture_output=True, text=True, check=False)
        summary = re.findall(r"^=+ ((?:ERROR|RACECHECK) SUMMARY.*)$", run.stdout + run.stderr, re.MULTILINE)
        met = run.returncode == 0 and bool(summary) and all(": 0 " in line for line in summary)
        table.row(f"compute-sanitizer {tool} on ci", "; ".join(summary) or f"exit {run.returncode}", "clean", met)


def main():
    listed = probe("--list")[0]
    gpus = [line for line in listed if line["ev"] == "device" and line.get("type", "gpu") == "gpu"]
    if not gpus:
        for line in listed:
            if line["ev"] == "backend" and not line["ok"]:
                left_out(f"{line['name']}: {line['why']}")
        return 3
    print(json.dumps(gpus[0]), time.strftime("%Y-%m-%d"))
    table = Table()
    healthy_runs(table)
    with tempfile.TemporaryDirectory() as folder:
        against_peers(table, folder)
    sanitizer(table)
    return 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main())
