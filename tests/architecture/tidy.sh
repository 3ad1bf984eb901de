#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# tidy.sh BUILD SOURCE: clang-tidy on one source and the headers of ours that it includes. What was clean is remembered
# in BUILD/lint by the contents of all of them, so that a second run looks only at what changed.
set -euo pipefail
build=$1 source=$2

# The source and the headers of ours that it reaches, one a line.
closure() {
  local known=" $1 " queue=("$1") file header
  while [ "${#queue[@]}" -gt 0 ]; do
    file=${queue[0]}
    queue=("${queue[@]:1}")
    echo "$file"
    while read -r header; do
      [[ $known == *" $header "* ]] || [ ! -f "$header" ] || { known+="$header "; queue+=("$header"); }
    done < <(sed -n 's/^#include "\(.*\)"$/\1/p' "$file")
  done
}

key=$(closure "$source" | xargs sha256sum .clang-tidy | sha256sum | cut -d' ' -f1)
mkdir -p "$build/lint"
[ -e "$build/lint/$key" ] && exit 0
# Its count of suppressed warnings of other people's headers goes to stderr and says nothing.
# The flags are g++'s, and it has warnings that clang does not know.
clang-tidy-22 --quiet --extra-arg=-Wno-unknown-warning-option -p "$build" "$source" 2>"$build/lint/$key.log" || { cat "$build/lint/$key.log" >&2; exit 1; }
rm -f "$build/lint/$key.log"
touch "$build/lint/$key"
