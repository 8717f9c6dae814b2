#!/bin/sh
# The safe steps of what ostack-cli diagnose says. Read it before you run it, as root.
# Steps that interrupt something are commented out, and those that lose something are only named.
# It stops at the first step that fails, and can be run again.
set -eu

# centos_eol_mirrorlist: CentOS is end of life: mirrorlist.centos.org no longer exists, packages are in the vault
# Decide first: getent hosts vault.centos.org
#   it is this, if it: prints an address: only the mirror list is gone
#   it is not, if it: prints nothing: this host has no working DNS; repair /etc/resolv.conf first
# Fix: CentOS 7 or 6: use vault.centos.org instead of the mirror list
cp -a /etc/yum.repos.d /root/yum.repos.d.saved
sed -i -E -e 's,^mirrorlist=http://mirrorlist.centos.org/\?release=([^&]*)&arch=([^&]*)&repo=(cloud|nfv|messaging|storage|virt|opstools)-([^&]*).*,baseurl=http://vault.centos.org/centos/\1/\3/\2/\4/,' -e 's,^mirrorlist=http://mirrorlist.centos.org,#&,' -e 's,^# *baseurl=http://mirror.centos.org/(.*/(os|updates|extras|centosplus|BaseOS|AppStream|PowerTools)/),baseurl=http://vault.centos.org/\1,' -e 's,^baseurl=http://mirror.centos.org,baseurl=http://vault.centos.org,' /etc/yum.repos.d/*.repo
yum clean all
yum makecache
# By hand: SIG repositories (OpenStack, Ceph, QEMU-EV) are changed too: their mirrorlist becomes a baseurl below vault.centos.org/centos/7/. If one answers 404, look on https://vault.centos.org/ for the point release whose cloud/x86_64 folder lists that OpenStack release. EPEL 7 is at https://archives.fedoraproject.org/pub/archive/epel/7/.
# Then check: yum repolist
#   expect: every repository with a number of packages, and no error
# Then run again: packstack --answer-file=<the answer file of this run>
