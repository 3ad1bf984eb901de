#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop that a rate is measured in consists of the instructions the rate is named for.

A compiler may give a kernel another loop: ptxas 13.0 makes fp8 products of sm_90 from fp16 ones and leaves most of them
out, and the figure then says nothing about the card. No host test can see that, so this one reads machine code.
Usage: kernel_loops.py cuda CUOBJDUMP FATBIN... | amd CLANG KERNELS.cu FLAG... -- TARGET...
Exit: 0 all right, 1 a loop is not what it should be, 77 no disassembler here.
"""
import collections
import re
import shutil
import subprocess
import sys

# Kernel: what its loop must consist of, how often at least, and how much else there may be for each of them.
CUDA = {
    "pk_fp32": ("FFMA", 16, 0.35),
    "pk_fp64": ("DFMA", 16, 0.5),
    "pk_fp16": ("HFMA2", 16, 0.35),
    "pk_bf16": ("HFMA2", 16, 0.35),
    "pk_int32": ("IMAD", 16, 0.35),
    "pk_int8": ("IDP", 16, 0.35),
    "pk_matrix_fp64": ("DMMA", 16, 0.35),
    "pk_matrix_bf16": ("HMMA", 16, 0.35),
    "pk_matrix_fp16": ("HMMA", 16, 0.35),
    "pk_matrix_fp8": ("QMMA", 16, 0.35),
    "pk_matrix_int8": ("IMMA", 16, 0.35),
    # Asynchronous and 128 cycles each: what is between them costs nothing.
    "pk_wgmma_bf16": ("HGMMA", 8, 8),
    "pk_wgmma_fp8": ("QGMMA", 8, 8),
    "pk_wgmma_int8": ("IGMMA", 8, 8),
}
AMD = {
    "pk_fp32": (r"v_(pk_)?fma_f32", 8, 0.8),
    "pk_fp64": ("v_fma_f64", 16, 0.6),
    "pk_fp16": ("v_pk_fma_f16", 16, 0.4),
    "pk_matrix_fp64": ("v_mfma_f64", 16, 0.4),
    "pk_matrix_bf16": ("v_w?mf?ma_f32_16x16x(16|32)_?bf16", 16, 0.35),
    "pk_matrix_fp16": ("v_w?mf?ma_f32_16x16x(16|32)_?f16", 16, 0.35),
    "pk_matrix_fp8": ("v_w?mf?ma_f32_16x16x(16|32)_fp8_fp8", 16, 0.35),
    # gfx908 moves its accumulators in and out of the loop: its int8 figure is for comparing gfx908 with gfx908.
    "pk_matrix_int8": ("v_w?mf?ma_i32_16x16x(16|32|64)_?i(u)?8", 16, 6),
}


def sass_loops(text):
    """(architecture, kernel, instructions of a loop) of cuobjdump's output."""
    architecture = kernel = None
    code = []
    for line in text.splitlines():
        if found := re.match(r"\s*arch = (\S+)", line):
            architecture = found.group(1)
        elif found := re.search(r"Function : (\S+)", line):
            kernel, code = found.group(1), []
        elif found := re.match(r"\s+/\*([0-9a-f]{4,5})\*/\s+(@!?U?P\w+ )?\s*([^;]*);", line):
            place, text_of = int(found.group(1), 16), found.group(3)
            never = found.group(2) in ("@!UPT ", "@!PT ")
            code.append((place, "NOP" if never else text_of.split(".")[0].split()[0]))
            target = re.match(r"BRA\S*(?: .*)? 0x([0-9a-f]+)", text_of)
            if target and int(target.group(1), 16) < place:
                yield architecture, kernel, [op for at, op in code if at >= int(target.group(1), 16)]


def gcn_loops(text):
    """(kernel, instructions of a loop) of clang's assembly."""
    kernel, labels, code = None, {}, []
    for line in text.splitlines():
        if found := re.match(r"(pk_\w+):", line):
            kernel, labels, code = found.group(1), {}, []
        elif found := re.match(r"(\.LBB\w+):", line):
            labels[found.group(1)] = len(code)
        elif found := re.match(r"\s+((?:s|v|global|flat|ds|buffer)_\w+)(.*)", line):
            code.append(found.group(1))
            target = re.search(r"(\.LBB\w+)", found.group(2))
            if "branch" in found.group(1) and target and target.group(1) in labels:
                yield kernel, code[labels[target.group(1)]:]


def fault_of(kernel, loops, rules):
    """What is wrong with a kernel's loops; None when one of them is what it should be."""
    operation, least, most_else = rules[kernel]
    seen = []
    for loop in loops:
        ours = sum(1 for op in loop if re.fullmatch(operation + r"(_\w+)?", op))
        rest = sum(1 for op in loop if op not in ("NOP", "s_nop")) - ours
        if ours >= least and rest <= most_else * ours:
            return None
        seen.append(dict(collections.Counter(loop).most_common(4)))
    return f"no loop of {operation}; loops are {seen}"


def judge(loops, rules):
    """Prints a line for each kernel; the number of faults."""
    faults = 0
    for (where, kernel), of_kernel in sorted(loops.items()):
        if kernel not in rules:
            continue
        fault = fault_of(kernel, of_kernel, rules)
        faults += fault is not None
        print(f"{where} {kernel}: {fault or 'ok'}")
    print(f"{len(loops)} kernels with loops, {faults} wrong")
    return faults


def main(kind, tool, *rest):
    loops = collections.defaultdict(list)
    if not shutil.which(tool):
        print(f"LEFT OUT: no {tool} here")
        return 77
    if kind == "cuda":
        for image in rest:
            out = subprocess.run([tool, "-sass", image], capture_output=True, text=True, check=True).stdout
            for architecture, kernel, loop in sass_loops(out):
                loops[architecture, kernel].append(loop)
        expected = [(a, k) for a in {a for a, _ in loops} for k in ("pk_fp32", "pk_matrix_bf16") if a != "sm_90a"]
    else:
        split = rest.index("--")
        for target in rest[split + 1:]:
            command = [tool, *rest[1:split], f"--offload-arch={target}", "-S", "-o", "-", rest[0]]
            out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            for kernel, loop in gcn_loops(out):
                loops[target, kernel].append(loop)
        expected = [(target, "pk_fp32") for target in rest[split + 1:]]
    missing = [one for one in expected if one not in loops]
    if missing or not loops:
        print("no loop was found in", missing or "any image")
        return 1
    return 1 if judge(loops, CUDA if kind == "cuda" else AMD) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
