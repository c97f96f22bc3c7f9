#!/usr/bin/env bash
# Loads the eBPF programs on Debian's kernels and plays the packet cases there, under qemu. The machine is emulated, so
# that any will do, which takes some ten minutes for a kernel. `bin/fastpath test --kernels` calls it when the classes are
# built.
# Usage: run.sh JDK SERIES...     for example: run.sh /usr/lib/jvm/java-17-openjdk-amd64 6.1 6.12
# Kernels come from apt: the newest of the series that it knows. Debian's cloud kernels will do: they differ from the
# others in drivers alone. All that is made is in fastpath/target/kernels; SERIES.log has what a kernel said.
#
#   FASTPATH_KERNELS_TIMEOUT  seconds that a kernel may take (3600)
set -euo pipefail

readonly GUEST_MEMORY_MIB=3072
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
root=$(readlink -f -- "$here/../../../..")
work=$root/fastpath/target/kernels
guest=$work/guest
timeout_seconds=${FASTPATH_KERNELS_TIMEOUT:-3600}

say() { printf 'kernels: %s\n' "$*" >&2; }

die() {
	say "$*"
	exit 1
}

# --- a kernel ---------------------------------------------------------------------------------------------------------

# Puts the newest package of a series that apt knows into $package.
find_package() {
	package=$(apt-cache search --names-only "^linux-image-${1//./\\.}\\.[0-9].*-cloud-amd64\$" | cut -d ' ' -f 1 | sort -V | tail -n 1)
	[[ -n $package ]] || die "apt knows no linux-image-$1.*-cloud-amd64; Debian has 6.12 in bookworm-backports and trixie"
}

# Downloads $package, unless it is there, and unpacks it into $unpacked.
fetch() {
	unpacked=$work/$package
	if [[ ! -e $unpacked/done ]]; then
		say "downloading $package with apt-get; it is unpacked, not installed"
		rm -rf -- "$unpacked"
		mkdir -p -- "$unpacked"
		(cd -- "$unpacked" && apt-get download -q -o APT::Sandbox::User=root "$package" >&2) || die "apt-get could not download $package"
		dpkg-deb -x "$unpacked"/*.deb "$unpacked"
		rm -- "$unpacked"/*.deb
		touch -- "$unpacked/done"
	fi
}

# --- the guest's files ------------------------------------------------------------------------------------------------

# Copies programs or libraries to the same places in the guest, with the libraries that they ask for.
install_files() {
	local file
	for file in "$@" $(ldd "$@" 2>/dev/null | grep -o '/[^ :]*' | sort -u); do
		if [[ $file != "$jdk"/* ]]; then
			mkdir -p -- "$guest${file%/*}"
			cp -L -- "$file" "$guest$file"
		fi
	done
}

# Makes all of the guest's files but the kernel's own.
make_guest() {
	local libbpf
	libbpf=$(ldconfig -p | sed -n 's/.*libbpf\.so\.1 .*=> //p' | head -n 1)
	[[ -n $libbpf ]] || die 'no libbpf.so.1'
	rm -rf -- "$guest"
	mkdir -p -- "$guest"/{bin,sbin,dev,proc,sys,tmp,run,etc,app,jdk/bin,jdk/lib}
	install_files "$(command -v busybox)" "$(command -v ip)" "$libbpf" "$jdk/bin/java" "$jdk"/lib/*.so "$jdk"/lib/server/*.so
	cp -L -- "$(command -v busybox)" "$guest/bin/busybox"
	cp -L -- "$jdk/bin/java" "$guest/jdk/bin"
	tar -C "$jdk" -ch --exclude=src.zip --exclude=ct.sym --warning=no-file-ignored lib conf 2>/dev/null |
		tar -C "$guest/jdk" -x
	cp -r -- "$root"/fastpath/target/{classes,test-classes} "$work/lib" "$guest/app"
	install -m 755 -- "$here/init" "$guest/init"
	install -m 644 -- "$here/cases" "$guest/app/cases"
}

# Makes the initial file system of $unpacked: the guest's files with the one module that the cases need.
make_image() {
	local module
	module=$(find "$unpacked/lib/modules" -name 'veth.ko*')
	case $module in
		*.ko) cp -- "$module" "$guest/veth.ko" ;;
		*.ko.xz) xz -dc -- "$module" >"$guest/veth.ko" ;;
		*) die "no veth module in $package: '$module'" ;;
	esac
	(cd -- "$guest" && find . | cpio -o -H newc --quiet --owner=+0:+0) >"$work/image.cpio"
}

# --- a run ------------------------------------------------------------------------------------------------------------

# Runs the guest; what it says goes to a log, and in short to the terminal.
boot() {
	timeout --foreground "$timeout_seconds" nice qemu-system-x86_64 -accel tcg -cpu max -smp 1 -m "$GUEST_MEMORY_MIB" \
		-kernel "$unpacked"/boot/vmlinuz-* -initrd "$work/image.cpio" \
		-append 'console=ttyS0 rdinit=/init quiet panic=-1' \
		-nographic -no-reboot -nic none -monitor none -serial stdio </dev/null 2>&1 |
		sed -u 's/\r//g' | tee -- "$1" | grep --line-buffered -aE '^kernel |instructions verified|FAILED|tests (found|successful|failed)|panic' >&2 || true
}

# Whether all is well on a series of kernels.
try_kernel() {
	local log=$work/$1.log
	find_package "$1"
	fetch
	make_image
	say "$package: running (the whole log: $log)"
	boot "$log"
	if grep -qa '^cases: exit 0$' "$log"; then
		say "$package: all is well"
	elif grep -qa '^cases: exit ' "$log"; then
		say "$package: FAILED, see $log"
		return 1
	else
		say "$package: FAILED, the guest came to no end (it has $timeout_seconds s), see $log"
		tail -n 3 -- "$log" >&2
		return 1
	fi
}

main() {
	local series status=0
	jdk=$1
	[[ $(uname -m) == x86_64 ]] || die 'only on x86-64'
	make_guest
	for series in "${@:2}"; do
		try_kernel "$series" || status=1
	done
	rm -rf -- "$guest" "$work/image.cpio"
	return "$status"
}

main "$@"
