#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What `cmake --install` puts under a prefix is whole: the programs find their resources and each other from there, and
# the probe needs nothing that the images of installer/probe-image lack. Usage: installed_programs.sh BUILD.
set -euo pipefail
build=$1
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
cmake --install "$build" --prefix "$prefix" > "$prefix/log" || { cat "$prefix/log" >&2; fail "install"; }
for file in bin/berth bin/berthctl bin/berth-probe bin/kubectl-berth share/berth/catalog/skus.yaml \
  share/berth/demo/demo-cluster.yaml share/applications/dev.berth.Berth.desktop \
  share/metainfo/dev.berth.Berth.metainfo.xml share/icons/hicolor/scalable/apps/dev.berth.Berth.svg \
  share/bash-completion/completions/berthctl share/zsh/site-functions/_berthctl \
  share/fish/vendor_completions.d/berthctl.fish; do
  [ -s "$prefix/$file" ] || fail "no $file"
done
run() { env -i HOME="$prefix/home" PATH="$prefix/bin:/usr/bin:/bin" LC_ALL=C.UTF-8 "$@"; }
mkdir "$prefix/home"
run kubectl-berth inventory --demo -o json | grep -q '"nvidia-h100' || fail "the installed berthctl shows no inventory"
# Resources come from the prefix, not from the source folder.
mv "$prefix/share/berth/catalog/skus.yaml" "$prefix/kept.yaml"
echo "schema: nonsense" > "$prefix/share/berth/catalog/skus.yaml"
run berthctl inventory --demo > "$prefix/out" 2>&1 && fail "the catalogue is not read from the prefix"
mv "$prefix/kept.yaml" "$prefix/share/berth/catalog/skus.yaml"
run berthctl probe list > "$prefix/out" 2>&1 || true
grep -q "opencl\|cuda" "$prefix/out" || { cat "$prefix/out" >&2; fail "the installed berthctl does not find berth-probe"; }
# The image's base holds the C and C++ libraries; drivers are opened at run time, never linked.
needed=$(ldd "$prefix/bin/berth-probe" | awk '{print $1}' | grep -v '^linux-vdso\|ld-linux' | sort | tr '\n' ' ')
for library in $needed; do
  case "$library" in libc.so.6 | libm.so.6 | libgcc_s.so.1 | libstdc++.so.6 | libdl.so.2 | libpthread.so.0) ;;
  *) fail "berth-probe links $library" ;; esac
done
size=$(strip -o "$prefix/stripped" "$prefix/bin/berth-probe" && stat -c %s "$prefix/stripped")
[ "$size" -lt 2097152 ] || fail "berth-probe has $size bytes"
echo "berth-probe: $size bytes stripped, links $needed"
# The layout of the image: the program and those libraries alone.
root=$prefix/root
mkdir -p "$root/usr/bin"
cp "$prefix/bin/berth-probe" "$root/usr/bin/"
for file in $(ldd "$prefix/bin/berth-probe" | grep -o '/[^ ]*'); do
  mkdir -p "$root$(dirname "$file")" && cp -L "$file" "$root$file"
done
if [ "$(id -u)" = 0 ] && command -v chroot > /dev/null; then
  code=0
  chroot "$root" /usr/bin/berth-probe --profile ci > "$prefix/out" 2>&1 || code=$?
  [ "$code" = 3 ] || { cat "$prefix/out" >&2; fail "without a driver the probe ends with $code, not 3"; }
  echo "in a root of its own: no device, exit 3, as it says"
fi
