#!/bin/sh
# Compiles every eBPF program here: *.bpf.c into OUTPUT, lab/*.bpf.c into OUTPUT/lab.
# Usage: compile.sh OUTPUT_DIRECTORY    (the Maven build calls it; CLANG names another compiler)
# An object that is newer than all sources is left alone. Nothing is stripped: the loader and the agreement test
# need BTF, and paths are written relative to this directory, so that objects are the same on every machine.
set -eu

output=$(mkdir -p "$1/lab" && cd "$1" && pwd)
cd "$(dirname "$0")"
clang=${CLANG:-clang}

fail() {
	echo "kernel-bpf: $1" >&2
	exit 1
}

command -v "$clang" >/dev/null || fail "no $clang to compile the eBPF programs: apt-get install clang"

# -target bpf doesn't search the machine's own directory, where Debian keeps <asm/types.h>.
compile() {
	"$clang" -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Werror \
		-ffile-prefix-map="$PWD=." -I "/usr/include/$(uname -m)-linux-gnu" "$@"
}

printf '#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n' | compile -fsyntax-only -x c - 2>/dev/null ||
	fail "no <linux/bpf.h> or <bpf/bpf_helpers.h> to compile the eBPF programs: apt-get install libbpf-dev linux-libc-dev"

for source in *.bpf.c lab/*.bpf.c; do
	object=$output/${source%.c}.o
	if [ ! -e "$object" ] || [ -n "$(find . -type f -newer "$object")" ]; then
		compile -c "$source" -o "$object.part"
		mv "$object.part" "$object"
	fi
done
