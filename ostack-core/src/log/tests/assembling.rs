//! Where records end, and what they look like between those of other programs.

use insta::assert_snapshot;

use super::{for_entries, outline, show};
use crate::log::Record;

#[test]
fn a_puppet_message_takes_the_output_that_it_quotes() {
    let log = "\
Error: Execution of '/usr/bin/dnf -d 0 -e 1 -y install a' returned 1: Error: 
 Problem: conflicting requests
  - nothing provides b needed by a-1.noarch
(try to add '--skip-broken' to skip uninstallable packages)
Error: Package: c-1.el7.noarch (repo-a)
           Requires: d

Error Summary
-------------
Error: /Stage[main]/Main/Package[a]/ensure: change from 'purged' to 'present' failed: no
Notice: done
";
    assert_snapshot!(outline(log), @"1+9 puppet, 10+1 puppet, 11+1 puppet");
}

#[test]
fn a_message_in_good_order_takes_no_stranger() {
    let log = "\
Notice: /Stage[main]/Main/File[/etc/x]/ensure: created
stdin: is not a tty
Warning: deprecated
   (at /usr/share/ruby/vendor_ruby/puppet/type.rb:816:in `set_default')
Error: could not start it

Job for x.service failed because the control process exited with error code.
";
    assert_snapshot!(outline(log), @"1+1 puppet, 2+1 plain, 3+2 puppet, 5+2 puppet, 7+1 plain");
}

#[test]
fn kinds_may_stand_between_each_other() {
    let log = "\
[root@vm ~]# packstack --answer-file=a.txt
Preparing servers                                    [ DONE ]
ERROR : Error appeared during Puppet run: 192.0.2.2_controller.pp
Error: Could not start Service[x]: Execution of '/sbin/service x start' returned 1:

type=AVC msg=audit(1412109980.125:4612): avc:  denied  { read } for  pid=1 comm=\"x\"
2018-06-08 17:29:55.907 11770 ERROR neutron.agent [-] Unexpected error.
AuthError: no
[root@vm ~]# journalctl -u x
Nov 22 10:00:00 vm systemd[1]: Failed to start x.
Error: Package: a-1.noarch (repo)
           Requires: b
$ exit
";
    assert_snapshot!(outline(log), @"1+1 plain, 2+1 packstack, 3+1 packstack, 4+2 puppet, 6+1 audit, 7+1 oslo, 8+1 plain, 9+1 plain, 10+1 journal, 11+2 package, 13+1 plain");
}

#[test]
fn a_traceback_of_another_thread_is_not_folded() {
    let log = "\
2018-06-08 17:29:55.907 1 ERROR nova.a [-] one
2018-06-08 17:29:55.908 2 ERROR nova.b Traceback (most recent call last):
2018-06-08 17:29:55.908 2 ERROR nova.b   File \"x\"
2018-06-08 17:29:55.907 1 ERROR nova.a [-] two
";
    assert_snapshot!(outline(log), @"1+1 oslo, 2+2 oslo, 4+1 oslo");
}

#[test]
fn a_traceback_under_a_warning_is_a_record_of_its_own() {
    let log = "\
2018-06-08 17:29:55.907 1 WARNING keystonemiddleware [-] deprecated
Traceback (most recent call last):
  File \"/usr/bin/placement-api\", line 52, in <module>
MissingRequiredOptions: auth_url
";
    assert_snapshot!(outline(log), @"1+1 oslo, 2+3 plain");
}

#[test]
fn wrapped_lines_and_quoted_ones_go_on() {
    let log = "\
ERROR : Error during puppet run : err: /Stage[main]//Exec[setenforce 0]/returns: 
change from notrun to 0 failed: setenforce 0 returned 1 instead of one of [0] 
at /var/tmp/packstack/x/manifests/site.pp:56
Please check log file /var/tmp/packstack/x/openstack-setup.log for more information
    2017-05-25 11:01:29.577 21880 TRACE nova.compute [instance: 2c5a] ProcessExecutionError: x
    2017-05-25 11:01:29.577 21880 TRACE nova.compute [instance: 2c5a] Command: qemu-img
";
    assert_snapshot!(show(log), @"
    1+3 packstack error
      message: Error during puppet run : err: /Stage[main]//Exec[setenforce 0]/returns: ⏎change from notrun to 0 failed: setenforce 0 returned 1 instead of one of [0] ⏎at /var/tmp/packstack/x/manifests/site.pp:56
      event: error
    4+1 packstack info
      message: /var/tmp/packstack/x/openstack-setup.log
      event: log_path
    5+2 oslo error
      message: ProcessExecutionError: x
      time: 2017-05-25 11:01:29.577
      pid: 21880
      logger: nova.compute
      instance: 2c5a
    ");
}

#[test]
fn time_stamps_mean_instants() {
    let instant = |log: &str| {
        let mut instant = None;
        for_entries(log.as_bytes(), 1 << 16, |entry| {
            instant = entry.record.instant(entry.text);
        });
        instant
    };
    let morning = Some(1_433_648_548_000);
    assert_eq!(instant("2015-06-07 03:42:28 7 INFO nova [-] x"), morning);
    assert_eq!(instant("=INFO REPORT==== 7-Jun-2015::03:42:28 ===\nx"), morning);
    assert_eq!(instant("[Sun Jun 07 03:42:28.5 2015] [core:error] x"), morning.map(|t| t + 500));
    assert_eq!(instant("150607  3:42:28 [Note] x"), morning);
    assert_eq!(instant("2015-06-07T03:42:28.25Z|1|vlog|INFO|x"), morning.map(|t| t + 250));
    assert_eq!(instant("2015-06-07 03:42:28,007 - util.py[WARNING]: x"), morning.map(|t| t + 7));
    assert_eq!(instant("2015-06-07 03:42:28::INFO::a::1::root:: x"), morning);
    assert_eq!(instant("type=AVC msg=audit(1433648548.000:1): x"), morning);
    assert_eq!(instant("2015-06-07T03:42:28+0200 vm sshd[1]: x"), morning);
    assert_eq!(instant("Jun  7 03:42:28 vm sshd[1]: x"), None);
    assert_eq!(instant("2015-13-07 03:42:28 7 INFO nova [-] x"), None);
}

#[test]
fn names_of_kinds_are_read_and_suggested() {
    use crate::log::Kind;
    for kind in Kind::ALL {
        assert_eq!(kind.as_str().parse::<Kind>().expect("its own name"), kind);
    }
    let error = "pupet".parse::<Kind>().expect_err("no such kind");
    assert_snapshot!(error, @"
    expected a kind of record, but found `pupet`
      help: did you mean `puppet`?
    ");
}

#[test]
fn a_localised_problem_is_marked() {
    let mut localised = Vec::new();
    for_entries("错误：软件包：a (b)\n\nError: Package: a (b)\n".as_bytes(), 8, |entry| {
        if let Record::Package(package) = entry.record {
            localised.push(package.localised);
        }
    });
    assert_eq!(localised, [true, false]);
}
