#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual pages that `cmake --install` brings name every option and command of their program, and none that it lacks.
# Usage: man_pages.sh BUILD.
set -euo pipefail
build=$1
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
fail() { echo "FAIL: $*" >&2; exit 1; }
cmake --install "$build" --prefix "$prefix" > "$prefix/log" || { cat "$prefix/log" >&2; fail "install"; }
mkdir "$prefix/home"
run() { env -i HOME="$prefix/home" PATH="$prefix/bin:/usr/bin:/bin" QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8 "$@"; }
# The page as a terminal shows it, its minus signs as hyphens.
plain() { sed 's/\\-/-/g' "$prefix/share/man/man1/$1.1"; }
# Entries of a section that begin a line in bold: "--list", "fit".
entries() {
  plain "$1" | awk -v section="$2" '/^\.SH /{inside = ($0 == ".SH " section)} inside && tagged {print} {tagged = ($0 == ".TP")}' |
    sed 's/\\f[A-Z]//g; s/[",]/ /g'
}
same() { # WHAT PAGE HELP: two sorted lists
  diff "$prefix/page" "$prefix/help" > "$prefix/differ" ||
    { cat "$prefix/differ" >&2; fail "$1: < only on the page, > only in --help"; }
}
for program in berth berthctl berth-probe; do
  [ -s "$prefix/share/man/man1/$program.1" ] || fail "no page for $program"
  entries "$program" OPTIONS | grep -o -- '--[a-z-]*' | sort -u > "$prefix/page"
  run "$program" --help | grep -oE '^ +(-[a-z],)?--[a-z-]+' | grep -o -- '--[a-z-]*' | sort -u > "$prefix/help"
  [ -s "$prefix/help" ] || fail "$program --help names no option"
  same "options of $program"
  if command -v groff > /dev/null; then
    groff -man -ww -Tutf8 "$prefix/share/man/man1/$program.1" 2> "$prefix/warnings" > "$prefix/shown"
    [ ! -s "$prefix/warnings" ] || { cat "$prefix/warnings" >&2; fail "groff complains about $program.1"; }
  fi
done
entries berthctl COMMANDS | awk '{print $2}' | sort -u > "$prefix/page"
run berthctl --help | awk 'tolower($0) ~ /^subcommands:/{inside = 1; next} inside && /^  [a-z]/{print $1}' | sort -u > "$prefix/help"
[ -s "$prefix/help" ] || fail "berthctl --help names no command"
same "commands of berthctl"
# An exit status of the page is one that the program documents.
run berth-probe --help > "$prefix/said"
for code in $(entries berth-probe "EXIT STATUS" | grep -o '[0-9]'); do
  grep -qE "(^|[ :])$code [a-z]" "$prefix/said" || fail "berth-probe --help lacks exit code $code"
done
echo "3 pages name what their programs take"
