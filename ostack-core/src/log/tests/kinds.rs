//! One log for each kind of record, in the forms of all versions, and what is read out of it.

use insta::assert_snapshot;

use super::show;

#[test]
fn packstack_console() {
    let log = "\
Welcome to the Packstack setup utility

The installation log file is available at: /var/tmp/packstack/20220315-114939-aBcDeF/openstack-setup.log

Installing:
Clean Up                                             [ \x1b[32mDONE\x1b[0m ]
Checking if the Cinder server has a cinder-volumes vg[ DONE ]
Applying 192.0.2.2_controller.pp
192.0.2.2_controller.pp:                          [ \x1b[0;31mERROR\x1b[0m ]
Applying Puppet manifests                         [ ERROR ]

ERROR : Error appeared during Puppet run: 192.0.2.2_controller.pp
You will find full trace in log /var/tmp/packstack/20220315-114939-aBcDeF/manifests/192.0.2.2_controller.pp.log
Additional information:
 * File /root/keystonerc_admin has been created on OpenStack client host 192.0.2.2.

 **** Installation completed successfully ******
Applying 192.0.2.2_mysql.pp 192.0.2.2_mysql.pp: [ DONE ] Applying 192.0.2.2_amqp.pp [ ERROR ] ERROR : Error during puppet run : err: no such thing
ERROR : Failed to run remote script, stdout:
stderr: Warning: Permanently added '192.0.2.3' (ECDSA) to the list of known hosts.
+ facter -p
facter: error while loading shared libraries: libx.so.1: cannot open shared object file
";
    assert_snapshot!(show(log), @"
    1+2 packstack info
      message: Welcome to the Packstack setup utility
      event: start
    3+2 packstack info
      message: /var/tmp/packstack/20220315-114939-aBcDeF/openstack-setup.log
      event: log_path
    5+1 packstack info
      message: Installing:
      event: note
    6+1 packstack info
      event: step_done
      title: Clean Up
    7+1 packstack info
      event: step_done
      title: Checking if the Cinder server has a cinder-volumes vg
    8+1 packstack info
      host: 192.0.2.2
      event: manifest_begun
      manifest: 192.0.2.2_controller.pp
    9+1 packstack error
      host: 192.0.2.2
      event: manifest_error
      manifest: 192.0.2.2_controller.pp
    10+2 packstack error
      event: step_error
      title: Applying Puppet manifests
    12+1 packstack error
      message: Error appeared during Puppet run: 192.0.2.2_controller.pp
      host: 192.0.2.2
      event: error
      manifest: 192.0.2.2_controller.pp
    13+1 packstack info
      message: /var/tmp/packstack/20220315-114939-aBcDeF/manifests/192.0.2.2_controller.pp.log
      event: log_path
    14+3 packstack info
      message: Additional information:
      event: note
    17+1 packstack info
      message: **** Installation completed successfully ******
      event: success
    18+1 packstack error
      message: Error during puppet run : err: no such thing
      event: error
    19+4 packstack error
      message: Failed to run remote script, stdout:⏎stderr: Warning: Permanently added '192.0.2.3' (ECDSA) to the list of known hosts.⏎+ facter -p⏎facter: error while loading shared libraries: libx.so.1: cannot open shared object file
      event: error
    ");
}

#[test]
fn packstack_setup_log() {
    let log = "\
2015-04-06 18:06:38::INFO::shell::94::root:: [192.0.2.2] Executing script:
rpm -q --whatprovides puppet
Error: not Puppet's, but the script's

2015-04-06 18:07:01::ERROR::run_setup::1059::root:: Traceback (most recent call last):
  File \"/usr/lib/python2.7/site-packages/packstack/installer/run_setup.py\", line 1054, in main
    _main(options, confFile, logFile)
PuppetError: Error appeared during Puppet run: 192.0.2.2_amqp.pp
Error: no such package
You will find full trace in log /var/tmp/packstack/x/manifests/192.0.2.2_amqp.pp.log
2015-04-06 18:07:02::INFO::basedefs::1::packstack.installer.basedefs:: bye
";
    assert_snapshot!(show(log), @r#"
    1+4 packstack info
      message: rpm -q --whatprovides puppet⏎Error: not Puppet's, but the script's
      time: 2015-04-06 18:06:38
      host: 192.0.2.2
      event: script
      logger: shell
    5+6 packstack error
      message: Traceback (most recent call last):⏎  File "/usr/lib/python2.7/site-packages/packstack/installer/run_setup.py", line 1054, in main⏎    _main(options, confFile, logFile)⏎PuppetError: Error appeared during Puppet run: 192.0.2.2_amqp.pp⏎Error: no such package⏎You will find full trace in log /var/tmp/packstack/x/manifests/192.0.2.2_amqp.pp.log
      time: 2015-04-06 18:07:01
      host: 192.0.2.2
      event: traceback
      manifest: 192.0.2.2_amqp.pp
      logger: run_setup
    11+1 packstack info
      message: bye
      time: 2015-04-06 18:07:02
      event: note
      logger: basedefs
    "#);
}

#[test]
fn puppet() {
    let log = "\
\x1b[mNotice: Compiled catalog for controller in environment production in 0.88 seconds\x1b[0m
\x1b[1;33mWarning: The function 'hiera' is deprecated in favor of using 'lookup'.
   (file & line not available)\x1b[0m
\x1b[1;31mError: Facter: Error while resolving custom fact fact='x': undefined method `lines' for nil

      lines.
      ^^^^^\x1b[0m
\x1b[1;31mError: Evaluation Error: Error while evaluating a Function Call, no such key (file: /etc/x.pp, line: 4, column: 26) on node vm\x1b[0m
Error: /Stage[main]/Nova::Api/Exec[a: b /c[1]]/returns: change from 'notrun' to ['0'] failed: 'x' returned 1 instead of one of [0] at /etc/puppet/api.pp:106
err: /Stage[main]//Exec[setenforce 0]: Failed to call refresh: setenforce 0 returned 1 at 35:/etc/puppet/site.pp
Error: Could not prefetch glance_image provider 'glance': Execution of '/usr/bin/glance' returned 2
Notice: /Stage[main]/A/B[c]: Dependency Service[mysqld] has failures: true
Warning: /Stage[main]/A/B[c]: Skipping because of failed dependencies
/Stage[main]/Main/Exec[nagios]/returns: Error: Nothing to do
Error: Could not retrieve catalog from remote server: Error 500 on SERVER:
Server Error: Evaluation Error: Unknown function: 'stdlib::x'.
(file: /etc/y.pp, line: 35, column: 5)
Error:
/Stage[main]//Swift::Loopback[a]/Swift::Ext4
[a]/Exec[b]: Failed to call refresh: Could not find command 'restorecon'
2016-01-01 10:00:00 +0000 Puppet (err): Could not find class ::nova for vm
2016-01-01 10:00:00 +0000 /Stage[main]/Main/File[/etc/x]/ensure (notice): created
Nov 22 10:00:00 vm puppet-agent[77]: (/Stage[main]/Main/Service[ntpd]/ensure) change from stopped to running failed: no unit
Notice: Finished catalog run in 4.43 seconds
";
    assert_snapshot!(show(log), @"
    1+1 puppet info
      message: Compiled catalog for controller in environment production in 0.88 seconds
      event: note
    2+2 puppet warning
      message: The function 'hiera' is deprecated in favor of using 'lookup'.⏎   (file & line not available)
      event: note
    4+4 puppet error
      message: Facter: Error while resolving custom fact fact='x': undefined method `lines' for nil⏎⏎      lines.⏎      ^^^^^
      event: facter
    8+1 puppet error
      message: Evaluation Error: Error while evaluating a Function Call, no such key
      host: vm
      file: /etc/x.pp
      file_line: 4
      event: compile
    9+1 puppet error
      message: change from 'notrun' to ['0'] failed: 'x' returned 1 instead of one of [0]
      resource: /Stage[main]/Nova::Api/Exec[a: b /c[1]]
      property: returns
      file: /etc/puppet/api.pp
      file_line: 106
      event: change_failed
    10+1 puppet error
      message: Failed to call refresh: setenforce 0 returned 1
      resource: /Stage[main]//Exec[setenforce 0]
      file: /etc/puppet/site.pp
      file_line: 35
      event: change_failed
    11+1 puppet error
      message: Could not prefetch glance_image provider 'glance': Execution of '/usr/bin/glance' returned 2
      event: prefetch
    12+1 puppet info
      message: Dependency Service[mysqld] has failures: true
      resource: /Stage[main]/A/B[c]
      event: dependency_failed
    13+1 puppet warning
      message: Skipping because of failed dependencies
      resource: /Stage[main]/A/B[c]
      event: skipped
    14+1 puppet error
      message: Error: Nothing to do
      resource: /Stage[main]/Main/Exec[nagios]
      property: returns
      event: note
    15+3 puppet error
      message: Could not retrieve catalog from remote server: Error 500 on SERVER:⏎Server Error: Evaluation Error: Unknown function: 'stdlib::x'.
      file: /etc/y.pp
      file_line: 35
      event: compile
    18+3 puppet error
      message: Failed to call refresh: Could not find command 'restorecon'
      resource: /Stage[main]//Swift::Loopback[a]/Swift::Ext4⏎[a]/Exec[b]
      event: change_failed
    21+1 puppet error
      message: Could not find class ::nova for vm
      time: 2016-01-01 10:00:00
      event: compile
    22+1 puppet info
      message: created
      time: 2016-01-01 10:00:00
      resource: /Stage[main]/Main/File[/etc/x]
      property: ensure
      event: note
    23+1 puppet error
      message: change from stopped to running failed: no unit
      time: Nov 22 10:00:00
      host: vm
      resource: /Stage[main]/Main/Service[ntpd]
      property: ensure
      event: change_failed
    24+1 puppet info
      message: Finished catalog run in 4.43 seconds
      event: applied
    ");
}

#[test]
fn oslo() {
    let log = "\
2018-06-08 17:29:55.907 11770 ERROR neutron.agent [req-8f14f808-c23a a b - default default] [instance: 6ddd4885-6134] Unexpected error.
2018-06-08 17:29:55.907 11770 ERROR neutron.agent Traceback (most recent call last):
2018-06-08 17:29:55.907 11770 ERROR neutron.agent   File \"/usr/lib/x.py\", line 109, in __call__
2018-06-08 17:29:55.907 11770 ERROR neutron.agent neutron_lib.exceptions.Unauthorized: no: {\"x\": 1}
2018-06-08 17:29:55.907 11770 ERROR neutron.agent
2018-06-08 17:29:56 INFO nova.api [-] without a process id
./keystone.log:2017-10-04 18:54:43.978 13170 CRITICAL keystone [None req-19551bfb x - - - -] from grep
Mar  1 13:53:47 compute nova-compute[123]: 2018-03-01 13:53:47.001 123 WARNING nova.virt [-] through syslog
TRACE nova.openstack.common ValueError: without a time stamp
2018-06-08 17:29:57.000 7 ERROR nova [-] Unexpected error while running command.
Command: ssh 192.0.2.9 mkdir -p /var/lib/nova
Exit code: 255
Traceback (most recent call last):
  File \"x.py\", line 1, in <module>
ProcessExecutionError: no route

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File \"x.py\", line 2, in <module>
RuntimeError: worse
";
    assert_snapshot!(show(log), @r#"
    1+5 oslo error
      message: Unexpected error.
      time: 2018-06-08 17:29:55.907
      pid: 11770
      logger: neutron.agent
      request_id: req-8f14f808-c23a
      instance: 6ddd4885-6134
      traceback: 2018-06-08 17:29:55.907 11770 ERROR neutron.agent Traceback (most recent call last):⏎2018-06-08 17:29:55.907 11770 ERROR neutron.agent   File "/usr/lib/x.py", line 109, in __call__⏎2018-06-08 17:29:55.907 11770 ERROR neutron.agent neutron_lib.exceptions.Unauthorized: no: {"x": 1}⏎2018-06-08 17:29:55.907 11770 ERROR neutron.agent
      exception: neutron_lib.exceptions.Unauthorized: no: {"x": 1}
    6+1 oslo info
      message: without a process id
      time: 2018-06-08 17:29:56
      logger: nova.api
    7+1 oslo critical
      message: from grep
      time: 2017-10-04 18:54:43.978
      pid: 13170
      logger: keystone
      request_id: req-19551bfb
    8+1 oslo warning
      message: through syslog
      time: Mar  1 13:53:47
      host: compute
      pid: 123
      logger: nova.virt
    9+1 oslo error
      message: ValueError: without a time stamp
      logger: nova.openstack.common
    10+12 oslo error
      message: Unexpected error while running command.
      time: 2018-06-08 17:29:57.000
      pid: 7
      logger: nova
      traceback: Traceback (most recent call last):⏎  File "x.py", line 1, in <module>⏎ProcessExecutionError: no route⏎⏎During handling of the above exception, another exception occurred:⏎⏎Traceback (most recent call last):⏎  File "x.py", line 2, in <module>⏎RuntimeError: worse
      exception: RuntimeError: worse
    "#);
}

#[test]
fn package() {
    let log = "\
Error: 
 Problem: conflicting requests
  - nothing provides qemu-kvm >= 4.2 needed by openstack-nova-compute-1:22.0.1-1.el8.noarch
(try to add '--skip-broken' to skip uninstallable packages)

Errors during downloading metadata for repository 'powertools':
  - Curl error (37): Couldn't read a file for file:///srv/gone/repomd.xml
Error: Failed to download metadata for repo 'powertools': Cannot download repomd.xml

No match for argument: no-such
Error: Unable to find a match: no-such

Error: Transaction test error:
  file /etc/my.cnf conflicts between attempted installs of a-1 and b-1

Error: Package: a-1.el7.noarch (repo-a)
           Requires: b >= 2
Error: Package: c-1.el7.noarch (repo-a)
           Requires: d
 You could try using --skip-broken to work around the problem

错误：软件包：a-1.el7.noarch (repo-a)
          需要：b = 1

Ошибка: 
 Проблема: конфликтующие запросы

error: Failed dependencies:
\tfirewalld >= 0.3.5-1 is needed by (installed) x-1.x86_64
error: unpacking of archive failed on file /usr/lib/x: cpio: rename

Could not retrieve mirrorlist http://mirrorlist.invalid/?release=7 error was
14: curl#6 - \"Could not resolve host: mirrorlist.invalid; Unknown error\"


 One of the configured repositories failed (Unknown),
 and yum doesn't have enough cached data to continue.

     1. Contact the upstream for the repository and get them to fix the problem.

ERROR: Could not find a version that satisfies the requirement foo>=2 (from versions: 1.0)
ERROR: No matching distribution found for foo>=2
";
    assert_snapshot!(show(log), @r#"
    1+5 package error
      message: Problem: conflicting requests⏎  - nothing provides qemu-kvm >= 4.2 needed by openstack-nova-compute-1:22.0.1-1.el8.noarch⏎(try to add '--skip-broken' to skip uninstallable packages)
      tool: dnf
      problem: nothing_provides
      package: openstack-nova-compute-1:22.0.1-1.el8.noarch
      requires: qemu-kvm >= 4.2
    6+4 package error
      message: Errors during downloading metadata for repository 'powertools':⏎  - Curl error (37): Couldn't read a file for file:///srv/gone/repomd.xml⏎Error: Failed to download metadata for repo 'powertools': Cannot download repomd.xml
      tool: dnf
      problem: metadata
      repo: powertools
    10+3 package error
      message: No match for argument: no-such⏎Error: Unable to find a match: no-such
      tool: dnf
      problem: not_found
      package: no-such
    13+3 package error
      message: Transaction test error:⏎  file /etc/my.cnf conflicts between attempted installs of a-1 and b-1
      tool: dnf
      problem: file
      package: a-1
      other: b-1
    16+6 package error
      message: Package: a-1.el7.noarch (repo-a)⏎           Requires: b >= 2⏎Error: Package: c-1.el7.noarch (repo-a)⏎           Requires: d⏎ You could try using --skip-broken to work around the problem
      tool: yum
      problem: nothing_provides
      package: a-1.el7.noarch
      repo: repo-a
      requires: b >= 2
    22+3 package error
      message: 软件包：a-1.el7.noarch (repo-a)⏎          需要：b = 1
      tool: yum
      problem: nothing_provides
      package: a-1.el7.noarch
      repo: repo-a
      requires: b = 1
    25+3 package error
      message: Проблема: конфликтующие запросы
      tool: dnf
    28+4 package error
      message: Failed dependencies:⏎	firewalld >= 0.3.5-1 is needed by (installed) x-1.x86_64⏎error: unpacking of archive failed on file /usr/lib/x: cpio: rename
      tool: rpm
      problem: still_needed
      package: x-1.x86_64
      requires: firewalld >= 0.3.5-1
    32+4 package warning
      message: Could not retrieve mirrorlist http://mirrorlist.invalid/?release=7 error was⏎14: curl#6 - "Could not resolve host: mirrorlist.invalid; Unknown error"
      tool: yum
    36+5 package error
      message: One of the configured repositories failed (Unknown),⏎ and yum doesn't have enough cached data to continue.⏎⏎     1. Contact the upstream for the repository and get them to fix the problem.
      tool: yum
    41+2 package error
      message: Could not find a version that satisfies the requirement foo>=2 (from versions: 1.0)⏎ERROR: No matching distribution found for foo>=2
      tool: pip
      problem: nothing_provides
      requires: foo>=2
    "#);
}

#[test]
fn journal() {
    let log = "\
Nov 22 10:00:00 vm systemd[1]: Failed to start The Apache HTTP Server.
-- Subject: Unit httpd.service has failed
4月 17 23:21:47 vm systemd[1]: Started The Apache HTTP Server.
2022-01-01T10:00:00+0900 vm sshd[77]: Connection closed by 192.0.2.7 port 22
Jun 21 15:55:16 vm python[30903]: Traceback (most recent call last):
Jun 21 15:55:16 vm python[30903]:   File \"/usr/lib/x.py\", line 794, in dictConfig
Jun 21 15:55:16 vm python[30903]: ValueError: Unable to configure handler 'null'
Jun 21 15:55:16 vm python[30903]: bye
";
    assert_snapshot!(show(log), @r#"
    1+2 journal error
      message: Failed to start The Apache HTTP Server.⏎-- Subject: Unit httpd.service has failed
      time: Nov 22 10:00:00
      host: vm
      program: systemd
      pid: 1
    3+1 journal unknown
      message: Started The Apache HTTP Server.
      time: 4月 17 23:21:47
      host: vm
      program: systemd
      pid: 1
    4+1 journal unknown
      message: Connection closed by 192.0.2.7 port 22
      time: 2022-01-01T10:00:00+0900
      host: vm
      program: sshd
      pid: 77
    5+3 journal error
      message: Traceback (most recent call last):⏎Jun 21 15:55:16 vm python[30903]:   File "/usr/lib/x.py", line 794, in dictConfig⏎Jun 21 15:55:16 vm python[30903]: ValueError: Unable to configure handler 'null'
      time: Jun 21 15:55:16
      host: vm
      program: python
      pid: 30903
    8+1 journal unknown
      message: bye
      time: Jun 21 15:55:16
      host: vm
      program: python
      pid: 30903
    "#);
}

#[test]
fn rabbitmq() {
    let log = "\
=ERROR REPORT==== 7-Jun-2015::03:42:28 ===
AMQP connection <0.13548.17> (running), channel 19793 - error:
{amqp_error,frame_error,
            none}

2022-05-18 06:55:37.324 [error] <0.341.0> Mnesia(rabbit@vm): ** ERROR ** mnesia_event
2023-05-18 06:55:37.324000+00:00 [error] <0.9.0> BOOT FAILED
2023-05-18 06:55:37.324000+00:00 [error] <0.9.0> ===========
Error: unable to connect to node rabbit@vm: nodedown

DIAGNOSTICS
===========

attempted to contact: [rabbit@vm]

rabbit@vm:
  * connected to epmd (port 4369) on vm
  * suggestion: start the node

current node details:
- node name: rabbitmqctl1@vm
Mar 20 23:22:56 vm rabbitmqctl[6432]: Error: unable to connect to node rabbit@vm: nodedown
Mar 20 23:22:56 vm rabbitmqctl[6432]: DIAGNOSTICS
Mar 20 23:22:56 vm rabbitmqctl[6432]: * unable to connect to epmd (port 4369) on vm: address
Mar 20 23:22:57 vm rabbitmq-server[6433]: completed with 6 plugins.
";
    assert_snapshot!(show(log), @"
    1+5 rabbitmq error
      message: AMQP connection <0.13548.17> (running), channel 19793 - error:⏎{amqp_error,frame_error,⏎            none}
      time: 7-Jun-2015::03:42:28
    6+1 rabbitmq error
      message: Mnesia(rabbit@vm): ** ERROR ** mnesia_event
      time: 2022-05-18 06:55:37.324
    7+2 rabbitmq error
      message: BOOT FAILED⏎2023-05-18 06:55:37.324000+00:00 [error] <0.9.0> ===========
      time: 2023-05-18 06:55:37.324000+00:00
    9+13 rabbitmq error
      message: Error: unable to connect to node rabbit@vm: nodedown⏎⏎DIAGNOSTICS⏎===========⏎⏎attempted to contact: [rabbit@vm]⏎⏎rabbit@vm:⏎  * connected to epmd (port 4369) on vm⏎  * suggestion: start the node⏎⏎current node details:⏎- node name: rabbitmqctl1@vm
    22+3 rabbitmq error
      message: Error: unable to connect to node rabbit@vm: nodedown⏎Mar 20 23:22:56 vm rabbitmqctl[6432]: DIAGNOSTICS⏎Mar 20 23:22:56 vm rabbitmqctl[6432]: * unable to connect to epmd (port 4369) on vm: address
      time: Mar 20 23:22:56
      host: vm
    25+1 rabbitmq unknown
      message: completed with 6 plugins.
      time: Mar 20 23:22:57
      host: vm
    ");
}

#[test]
fn mariadb() {
    let log = "\
2022-01-01 10:00:00 0 [ERROR] Can't start server: Bind on TCP/IP port: Address already in use
2016-01-01 10:00:00 139641 [Note] WSREP: wsrep_load()
2022-01-01T10:00:00.123456Z 0 [System] [MY-010116] [Server] starting as process 7
150101 10:00:00 [ERROR] Fatal error: Can't open and lock privilege tables
150101  9:00:01 mysqld_safe Starting mysqld daemon with databases from /var/lib/mysql
InnoDB: Error: log file ./ib_logfile0 is of different size
Jan  1 10:00:00 vm mysqld[12]: 150101 10:00:00 [Warning] IP address '192.0.2.9' could not be resolved
";
    assert_snapshot!(show(log), @"
    1+1 mariadb error
      message: Can't start server: Bind on TCP/IP port: Address already in use
      time: 2022-01-01 10:00:00
    2+1 mariadb info
      message: WSREP: wsrep_load()
      time: 2016-01-01 10:00:00
    3+1 mariadb info
      message: [MY-010116] [Server] starting as process 7
      time: 2022-01-01T10:00:00.123456Z
    4+1 mariadb error
      message: Fatal error: Can't open and lock privilege tables
      time: 150101 10:00:00
    5+1 mariadb unknown
      message: mysqld_safe Starting mysqld daemon with databases from /var/lib/mysql
      time: 150101  9:00:01
    6+1 mariadb error
      message: InnoDB: Error: log file ./ib_logfile0 is of different size
    7+1 mariadb warning
      message: IP address '192.0.2.9' could not be resolved
      time: Jan  1 10:00:00
      host: vm
    ");
}

#[test]
fn ovs() {
    let log = "\
2022-02-10T00:00:01.174Z|00117|vlog|INFO|opened log file /var/log/openvswitch/ovn-controller.log
2022-02-10T13:02:02.789Z|00042|ovsdb_idl(x1)|WARN|tcp:192.0.2.4:6642: clustered database server has stale data
Feb 10 13:02:02 vm ovs-vswitchd[77]: ovs|00013|netdev_linux|ERR|eth9: no such device
";
    assert_snapshot!(show(log), @"
    1+1 ovs info
      message: opened log file /var/log/openvswitch/ovn-controller.log
      time: 2022-02-10T00:00:01.174Z
      module: vlog
    2+1 ovs warning
      message: tcp:192.0.2.4:6642: clustered database server has stale data
      time: 2022-02-10T13:02:02.789Z
      module: ovsdb_idl(x1)
    3+1 ovs error
      message: eth9: no such device
      time: Feb 10 13:02:02
      host: vm
      module: netdev_linux
    ");
}

#[test]
fn httpd() {
    let log = "\
[Mon Nov 22 10:00:00.123456 2021] [core:error] [pid 1:tid 2] [client 192.0.2.7:5555] AH00072: make_sock: could not bind
[Wed Sep 23 04:48:36 2015] [error] [client 192.0.2.7] Traceback (most recent call last):
[Wed Sep 23 04:48:36 2015] [error] [client 192.0.2.7]   File \"/usr/lib/x.py\", line 56, in f
[Wed Sep 23 04:48:36 2015] [error] [client 192.0.2.7] IOError: [Errno 13] Permission denied: '/tmp/x'
[Wed Sep 23 04:48:37 2015] [notice] caught SIGTERM, shutting down
AH00558: httpd: Could not reliably determine the server's fully qualified domain name
Nov 22 10:00:01 vm httpd[77]: (98)Address already in use: AH00072: make_sock: could not bind to address [::]:5000
mod_wsgi (pid=5562): Target WSGI script '/usr/bin/x' cannot be loaded as Python module.
";
    assert_snapshot!(show(log), @r#"
    1+1 httpd error
      message: AH00072: make_sock: could not bind
      time: Mon Nov 22 10:00:00.123456 2021
      module: core
    2+3 httpd error
      message: Traceback (most recent call last):⏎[Wed Sep 23 04:48:36 2015] [error] [client 192.0.2.7]   File "/usr/lib/x.py", line 56, in f⏎[Wed Sep 23 04:48:36 2015] [error] [client 192.0.2.7] IOError: [Errno 13] Permission denied: '/tmp/x'
      time: Wed Sep 23 04:48:36 2015
    5+1 httpd info
      message: caught SIGTERM, shutting down
      time: Wed Sep 23 04:48:37 2015
    6+1 httpd warning
      message: AH00558: httpd: Could not reliably determine the server's fully qualified domain name
    7+1 httpd error
      message: (98)Address already in use: AH00072: make_sock: could not bind to address [::]:5000
      time: Nov 22 10:00:01
      host: vm
    8+1 httpd error
      message: mod_wsgi (pid=5562): Target WSGI script '/usr/bin/x' cannot be loaded as Python module.
    "#);
}

#[test]
fn libvirt() {
    let log = "\
2013-10-23 17:32:19.957+0000: 14069: error : virNetTLSContextCheckCertDN:418 : Certificate does not match
2019-06-04 05:33:22.285+0000: shutting down
2019-06-04T05:33:22.280743Z qemu-kvm: -vnc 192.0.2.9:0: Failed to start VNC server
error: Failed to start domain vm01
Jun  4 05:33:22 vm libvirtd[88]: internal error: no emulator found
";
    assert_snapshot!(show(log), @"
    1+1 libvirt error
      message: Certificate does not match
      time: 2013-10-23 17:32:19.957+0000
      module: virNetTLSContextCheckCertDN:418
    2+1 libvirt info
      message: shutting down
      time: 2019-06-04 05:33:22.285+0000
    3+1 libvirt error
      message: qemu-kvm: -vnc 192.0.2.9:0: Failed to start VNC server
      time: 2019-06-04T05:33:22.280743Z
    4+1 libvirt error
      message: error: Failed to start domain vm01
    5+1 libvirt error
      message: internal error: no emulator found
      time: Jun  4 05:33:22
      host: vm
    ");
}

#[test]
fn audit() {
    let log = "\
type=AVC msg=audit(1412109980.125:4612): avc:  denied  { name_bind } for  pid=3296 comm=\"httpd\" src=5000 scontext=system_u:system_r:httpd_t:s0 tcontext=system_u:object_r:commplex_main_port_t:s0 tclass=tcp_socket permissive=0
Nov 22 10:00:00 vm kernel: type=1400 audit(1412109980.125:4613): avc:  denied  { getattr read } for  pid=1 comm=\"nova-api\" path=\"/var/lib/x y\" scontext=a tcontext=b tclass=file permissive=1
type=SYSCALL msg=audit(1412109980.125:4612): arch=c000003e syscall=49 success=no exit=-13
";
    assert_snapshot!(show(log), @r#"
    1+1 audit error
      message: avc:  denied  { name_bind } for  pid=3296 comm="httpd" src=5000 scontext=system_u:system_r:httpd_t:s0 tcontext=system_u:object_r:commplex_main_port_t:s0 tclass=tcp_socket permissive=0
      time: 1412109980.125
      event: AVC
      denied: name_bind
      comm: httpd
      port: 5000
      scontext: system_u:system_r:httpd_t:s0
      tcontext: system_u:object_r:commplex_main_port_t:s0
      tclass: tcp_socket
    2+1 audit warning
      message: avc:  denied  { getattr read } for  pid=1 comm="nova-api" path="/var/lib/x y" scontext=a tcontext=b tclass=file permissive=1
      time: 1412109980.125
      host: vm
      event: 1400
      denied: getattr read
      comm: nova-api
      name: /var/lib/x y
      scontext: a
      tcontext: b
      tclass: file
    3+1 audit info
      message: arch=c000003e syscall=49 success=no exit=-13
      time: 1412109980.125
      event: SYSCALL
    "#);
}

#[test]
fn cloud_init() {
    let log = "\
2022-01-01 10:00:00,123 - util.py[WARNING]: Failed to fetch metadata
Cloud-init v. 0.7.9 running 'init' at Mon, 22 Nov 2021
";
    assert_snapshot!(show(log), @"
    1+1 cloud_init warning
      message: Failed to fetch metadata
      time: 2022-01-01 10:00:00,123
      module: util.py
    2+1 cloud_init info
      message: Cloud-init v. 0.7.9 running 'init' at Mon, 22 Nov 2021
    ");
}

#[test]
fn plain() {
    let log = "\
[root@vm ~]# yum -y install x
 - Passed: 284
 - Failed: 0
RX errors 0  dropped 0
192.0.2.7 - - [28/Sep/2016:09:49:25 +0700] \"GET /x HTTP/1.1\" 500 2955 \"-\" \"ERROR\"
/usr/bin/mongod: symbol lookup error: undefined symbol: x
ERROR 1047 (08S01): WSREP has not yet prepared node for application use
bash: crudini: command not found
Traceback (most recent call last):
  File \"/usr/bin/x\", line 31, in <module>
    main()
pkg_resources.DistributionNotFound: WebOb
done
Failed to set locale, defaulting to C
KeyError: 'CONFIG_X'
";
    assert_snapshot!(show(log), @r#"
    1+1 plain info
      message: [root@vm ~]# yum -y install x
    2+2 plain unknown
      message: - Passed: 284⏎ - Failed: 0
    4+1 plain unknown
      message: RX errors 0  dropped 0
    5+1 plain info
      message: 192.0.2.7 - - [28/Sep/2016:09:49:25 +0700] "GET /x HTTP/1.1" 500 2955 "-" "ERROR"
    6+1 plain error
      message: /usr/bin/mongod: symbol lookup error: undefined symbol: x
    7+1 plain error
      message: ERROR 1047 (08S01): WSREP has not yet prepared node for application use
    8+1 plain error
      message: bash: crudini: command not found
    9+4 plain error
      message: Traceback (most recent call last):⏎  File "/usr/bin/x", line 31, in <module>⏎    main()⏎pkg_resources.DistributionNotFound: WebOb
    13+1 plain unknown
      message: done
    14+1 plain warning
      message: Failed to set locale, defaulting to C
    15+1 plain error
      message: KeyError: 'CONFIG_X'
    "#);
}
