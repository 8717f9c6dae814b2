#!/bin/sh
# The safe steps of what ostack-cli diagnose says. Read it before you run it, as root.
# Steps that interrupt something are commented out, and those that lose something are only named.
# It stops at the first step that fails, and can be run again.
set -eu

# puppet_not_from_rdo: Puppet is the vendor's 7.4.1, and packstack's data does not reach it
# Fix: Go back to RDO's Puppet
# By hand: Look at the list before you confirm: what depends on Puppet and is removed with it (openstack-packstack, puppet-* modules) is to be installed again after the next two steps.
# Disruptive: it interrupts a service or a connection.
#   dnf remove puppet-agent
# Disruptive: it interrupts a service or a connection.
#   dnf install puppet-6.14.0-2.el8
# Then check: puppet --version
#   expect: 6.14.0
