#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# install.sh - rootfs/install into every kind of root file system: what is laid in is there, what was there
# stays what it was, and what is refused stays as it was, byte for byte

# shellcheck source-path=SCRIPTDIR source=../tap.sh
. "$(dirname "$0")/../tap.sh"

TOP=$(cd "$(dirname "$0")/../.." && pwd)
INSTALL=$TOP/rootfs/install
BINARY=$TOP/build/aarch64/tarsier
for command in cpio mke2fs debugfs sqfs2tar mksquashfs setpriv zstd xz; do
	command -v "$command" >/dev/null || skip_all "no command $command on this machine"
done
[ -x "$BINARY" ] || bail_out "$BINARY is missing: build it first"
[ "$(id -u)" = 0 ] || skip_all "not root: owners and device nodes cannot be made"
busybox=$("$TOP/rootfs/fetch-busybox") || bail_out "no BusyBox"
cd "$TAP_TMP" || exit

# As somebody who owns nothing but the image.
install_here()
{
	chown -R 65534:65534 "${@: -1}"
	TARSIER_CACHE=$TAP_TMP/cache setpriv --reuid 65534 --regid 65534 --clear-groups "$INSTALL" "$@"
}

# A small rootfs as Buildroot makes it, with owners and devices.
make_tree()
{
	mkdir -p tree/bin tree/dev tree/etc/init.d tree/usr/bin tree/var/log
	cp "$busybox/bin/busybox" tree/bin/
	ln -s busybox tree/bin/sh
	echo secret >tree/etc/shadow
	chmod 600 tree/etc/shadow
	chown 7:42 tree/etc/shadow
	mknod -m 622 tree/dev/console c 5 1
	chmod 4755 tree/bin/busybox
	chmod 777 .
	mkdir -m 777 cache
}

# make KIND FILE
make()
{
	case $1 in
	directory) cp -a tree "$2" ;;
	cpio) (cd tree && find . | cpio --quiet -o -H newc) >"$2" ;;
	tar) tar -cf "$2" -C tree . ;;
	ext4) rm -f "$2" && mke2fs -q -t ext4 -d tree "$2" 16M >/dev/null ;;
	squashfs) mksquashfs tree "$2" -quiet -no-progress -comp xz -b 65536 >/dev/null ;;
	esac
}

# unpack KIND FILE DIRECTORY
unpack()
{
	mkdir "$3"
	case $1 in
	directory) cp -r "$2/." "$3" ;;
	cpio) (cd "$3" && cpio --quiet -idmu --no-absolute-filenames) <"$2" ;;
	tar) tar -xpf "$2" -C "$3" ;;
	ext4) debugfs -R "rdump / $3" "$2" >/dev/null 2>&1 ;;
	squashfs) sqfs2tar "$2" | tar -xpf - -C "$3" ;;
	esac
}

# What install must not touch: type, mode, owner, device numbers, path.
attributes()
{
	(cd "$1" && find . ! -type d ! -name '*tarsier*' -printf '%y %m %U:%G %s %P %l\n' && stat -c '%n %t:%T' dev/console) |
		grep -v lost+found | sort
}

# What debugfs unpacks is not all that is there.
attributes_in_ext()
{
	local path

	for path in bin/busybox bin/sh dev/console etc/shadow; do
		debugfs -R "stat /$path" "$1" 2>/dev/null |
			grep -oE '(Type|Mode|User|Group|Size|number|dest): +[^ ]+' | xargs
	done
}

# check DESCRIPTION KIND FILE: after the installation
check()
{
	local what=$1 kind=$2 laid=$TAP_TMP/laid

	rm -rf "$laid"
	unpack "$kind" "$3" "$laid"
	ok "$what: the collector is there" cmp "$BINARY" "$laid/usr/bin/tarsier"
	ok "$what: its configuration" cmp "$TOP/rootfs/overlay/etc/tarsier.conf" "$laid/etc/tarsier.conf"
	ok "$what: its init script" cmp "$TOP/rootfs/overlay/etc/init.d/S50tarsier" "$laid/etc/init.d/S50tarsier"
	is "$what: they can be run" "$(stat -c %a "$laid/usr/bin/tarsier" "$laid/etc/init.d/S50tarsier" | xargs)" '755 755'
	[ "$kind" = directory ] && return
	is "$what: root owns them" "$(stat -c %u:%g "$laid/usr/bin/tarsier" "$laid/etc/init.d/S50tarsier" \
		"$laid/etc/tarsier.conf" | xargs)" '0:0 0:0 0:0'
	if [ "$kind" = ext4 ]; then
		make ext4 before
		is "$what: everything else is as it was" "$(attributes_in_ext "$3")" "$(attributes_in_ext before)"
	else
		is "$what: everything else is as it was" "$(attributes "$laid")" "$(attributes "$TAP_TMP/tree")"
	fi
}

test_kind()
{
	local kind=$1 before

	make "$kind" "a.$kind"
	before=$(find "a.$kind" -type f -exec md5sum {} +)
	ok "$kind: dry run" install_here -n "a.$kind"
	is "$kind: which changes nothing" "$(find "a.$kind" -type f -exec md5sum {} +)" "$before"
	ok "$kind: install" install_here "a.$kind"
	check "$kind" "$kind" "a.$kind"
	echo 'probe offcpu' >mine.conf
	ok "$kind: install again, with a configuration" install_here -c mine.conf "a.$kind"
	rm -rf again
	unpack "$kind" "a.$kind" again
	ok "$kind: it took the other's place" cmp mine.conf again/etc/tarsier.conf
	ok "$kind: install once more" install_here "a.$kind"
	rm -rf again
	unpack "$kind" "a.$kind" again
	ok "$kind: which leaves it alone" cmp mine.conf again/etc/tarsier.conf
	is "$kind: nothing is left beside it" "$(ls -d "a.$kind"?* 2>/dev/null)" ''
}

test_squashfs_is_alike()
{
	is 'squashfs: packed as it was' "$(unsquashfs -s a.squashfs | grep -E '^(Compression|Block size)' | xargs)" \
		'Compression xz Block size 65536'
}

test_packed()
{
	local packer

	for packer in gzip xz zstd; do
		for kind in cpio tar; do
			make $kind packed
			"$packer" -c <packed >"a.$kind.$packer"
			ok "$kind, $packer: install" install_here "a.$kind.$packer"
			ok "$kind, $packer: it is packed again" sh -c "$packer -dc <a.$kind.$packer >plain"
			check "$kind, $packer" $kind plain
		done
	done
}

# The kernel takes one archive after the other; what is behind the first must not be lost.
test_two_archives()
{
	make cpio first
	echo text >member
	echo member | cpio --quiet -o -H newc >second
	cat first second >a.two
	ok 'two archives: install' "$INSTALL" a.two
	is 'two archives: ours is the third' "$(head -c "$(cat first second | wc -c)" a.two | cmp - <(cat first second) &&
		tail -c +$(($(cat first second | wc -c) + 1)) a.two | cpio --quiet -it | grep -c usr/bin/tarsier)" 1
}

# enabled INIT PATH: an init is told by what the rootfs has, and started at boot
test_init()
{
	local init=$1 mark=$2 file=$3 link=$4 to=$5

	rm -rf root
	cp -r tree root
	mkdir -p "root/$(dirname "$mark")" root/usr/lib/systemd/system
	touch "root/$mark"
	ok "$init: install" "$INSTALL" root
	ok "$init: its file" [ -f "root/$file" ]
	is "$init: it is started at boot" "$(readlink "root/$link")" "$to"
}

# refused DESCRIPTION STATUS TEXT ARGUMENT... FILE: in one line, and FILE is as it was
refused()
{
	local what=$1 wanted=$2 text=$3 file=${*: -1} before after

	shift 3
	before=$(find "$file" -type f -exec md5sum {} + 2>/dev/null)
	"$INSTALL" "$@" 2>err >out
	is "$what: status" "$?" "$wanted"
	like "$what: it says why" "$(cat err)" "$text"
	after=$(find "$file" -type f -exec md5sum {} + 2>/dev/null)
	is "$what: nothing has changed" "$after" "$before"
}

test_refusals()
{
	local other

	mkdir -p other/bin other/etc/init.d
	cp "$(readlink -f /bin/sh)" other/bin/busybox
	other=$(uname -m)
	[ "$other" != aarch64 ] || other=none
	refused 'another architecture' 1 "is for ${other/x86_64/x86-64}, as its bin/busybox tells, and .* is for aarch64" other
	tar -cf other.tar -C other .
	refused 'another architecture in a tar' 1 "is for ${other/x86_64/x86-64}, as its bin/busybox tells" other.tar
	mkdir -p empty
	refused 'no program' 1 'with -a it is not asked for' empty
	ok 'unless it is not asked for' "$INSTALL" -a -i none empty
	ok 'then it is there' [ -x empty/usr/bin/tarsier ]
	rm -rf noinit
	cp -r tree noinit
	rmdir noinit/etc/init.d
	refused 'no init' 1 'which init it has cannot be seen' noinit
	echo text >text
	refused 'no image' 1 'no root file system that is known' text
	refused 'no file' 1 'no such file' nothing
	refused 'no such init' 2 usage -i upstart other
	head -c 100000 a.squashfs >cut.squashfs
	refused 'a squashfs that is cut' 1 'cut.squashfs: ' cut.squashfs
	make cpio plain
	gzip <plain | head -c 100000 >cut.gz
	refused 'a gzip that is cut' 1 'gzip cannot unpack it' cut.gz
	mke2fs -q -F -t ext4 -O ^has_journal -d tree full 2150K >/dev/null
	refused 'an ext4 without room' 1 'KiB free, and .* are needed' full
}

make_tree
for kind in directory cpio tar ext4 squashfs; do
	test_kind $kind
done
test_squashfs_is_alike
test_packed
test_two_archives
test_init systemd usr/lib/systemd/systemd usr/lib/systemd/system/tarsier.service \
	etc/systemd/system/multi-user.target.wants/tarsier.service /usr/lib/systemd/system/tarsier.service
test_init openrc sbin/openrc-run etc/init.d/tarsier etc/runlevels/default/tarsier /etc/init.d/tarsier
test_init procd etc/rc.common etc/init.d/tarsier etc/rc.d/S95tarsier ../init.d/tarsier
test_refusals
done_testing
