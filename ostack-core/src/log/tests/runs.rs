//! What is told of a run.

use insta::assert_debug_snapshot;

use crate::log::{Reader, Run, RunTracker, Source};

fn run(logs: &[(&str, &str)]) -> Option<Run> {
    let mut tracker = RunTracker::new();
    for (name, log) in logs {
        let source = Source::bytes(*name, *log);
        let mut reader = Reader::new(&source).expect("bytes can be read");
        while let Some(block) = reader.next_block().expect("bytes can be read") {
            block.entries().for_each(|entry| tracker.observe(&source, &entry));
        }
    }
    tracker.run()
}

#[test]
fn console_setup_log_and_manifests_make_one_run() {
    let console = "\
Welcome to the Packstack setup utility

The installation log file is available at: /var/tmp/packstack/x/openstack-setup.log

Installing:
Clean Up                                             [ DONE ]
Applying 192.0.2.2_controller.pp
192.0.2.2_controller.pp:                          [ DONE ]
Applying 192.0.2.2_network.pp
Applying 192.0.2.3_compute.pp
192.0.2.2_network.pp:                             [ ERROR ]
Applying Puppet manifests                         [ ERROR ]

ERROR : Error appeared during Puppet run: 192.0.2.2_network.pp
Error: no such device
You will find full trace in log /var/tmp/packstack/x/manifests/192.0.2.2_network.pp.log
Please check log file /var/tmp/packstack/x/openstack-setup.log for more information
";
    let setup = "2022-01-01 10:00:00::INFO::shell::94::root:: [localhost] Executing script:\nls\n";
    let manifest = "Notice: Applied catalog in 12.34 seconds\n";
    let run = run(&[
        ("console", console),
        ("openstack-setup.log", setup),
        ("manifests/192.0.2.2_controller.pp.log", manifest),
    ]);
    assert_debug_snapshot!(run, @r#"
    Some(
        Run {
            steps: [
                Step {
                    title: "Clean Up",
                    state: Done,
                    host: None,
                    manifest: None,
                    start: None,
                    seconds: None,
                },
                Step {
                    title: "Applying 192.0.2.2_controller.pp",
                    state: Done,
                    host: Some(
                        "192.0.2.2",
                    ),
                    manifest: Some(
                        "192.0.2.2_controller.pp",
                    ),
                    start: None,
                    seconds: Some(
                        12.34,
                    ),
                },
                Step {
                    title: "Applying 192.0.2.2_network.pp",
                    state: Error,
                    host: Some(
                        "192.0.2.2",
                    ),
                    manifest: Some(
                        "192.0.2.2_network.pp",
                    ),
                    start: None,
                    seconds: None,
                },
                Step {
                    title: "Applying 192.0.2.3_compute.pp",
                    state: Begun,
                    host: Some(
                        "192.0.2.3",
                    ),
                    manifest: Some(
                        "192.0.2.3_compute.pp",
                    ),
                    start: None,
                    seconds: None,
                },
                Step {
                    title: "Applying Puppet manifests",
                    state: Error,
                    host: None,
                    manifest: None,
                    start: None,
                    seconds: None,
                },
            ],
            failed_step: Some(
                "Applying Puppet manifests",
            ),
            failed_manifest: Some(
                "192.0.2.2_network.pp",
            ),
            failed_host: Some(
                "192.0.2.2",
            ),
            log_paths: [
                "/var/tmp/packstack/x/openstack-setup.log",
                "/var/tmp/packstack/x/manifests/192.0.2.2_network.pp.log",
            ],
            started: Some(
                "2022-01-01 10:00:00",
            ),
            ended: Some(
                "2022-01-01 10:00:00",
            ),
            seconds: Some(
                0.0,
            ),
            stopped_with: Some(
                "Error appeared during Puppet run: 192.0.2.2_network.pp",
            ),
            succeeded: false,
            success: None,
        },
    )
    "#);
}

#[test]
fn lines_pasted_in_one_are_told_apart() {
    let run = run(&[(
        "paste",
        "Applying 192.0.2.2_mysql.pp Applying 192.0.2.2_qpid.pp [ ERROR ] ERROR : Error during \
         puppet run : err: no Please check log file /var/tmp/x.log for more information\n",
    )])
    .expect("packstack's words");
    assert_eq!(run.failed_manifest.as_deref(), Some("192.0.2.2_qpid.pp"));
    assert_eq!(run.failed_host.as_deref(), Some("192.0.2.2"));
    assert!(run.stopped_with.expect("a message").starts_with("Error during puppet run"));
}

#[test]
fn a_setup_log_alone_tells_why_packstack_stopped() {
    let log = "\
2022-01-01 10:00:00::INFO::shell::94::root:: [localhost] Executing script:
ls
2022-01-01 10:00:07::ERROR::run_setup::1059::root:: Traceback (most recent call last):
  File \"run_setup.py\", line 1054, in main
    _main(options, confFile, logFile)
PuppetError: Error appeared during Puppet run: 192.0.2.2_amqp.pp
Error: no such package
";
    let run = run(&[("openstack-setup.log", log)]).expect("packstack's words");
    assert_eq!(run.started.as_deref(), Some("2022-01-01 10:00:00"));
    assert_eq!(run.failed_manifest.as_deref(), Some("192.0.2.2_amqp.pp"));
    assert_eq!(
        run.stopped_with.as_deref(),
        Some(
            "PuppetError: Error appeared during Puppet run: 192.0.2.2_amqp.pp\nError: no such package"
        )
    );
}

#[test]
fn a_success_after_a_failure_counts() {
    let run = run(&[("console", "ERROR : no\n **** Installation completed successfully ******\n")])
        .expect("packstack's words");
    assert!(run.succeeded);
    assert_eq!(run.success, Some(("console".to_owned(), 1)));
}

#[test]
fn without_packstack_there_is_no_run() {
    assert_eq!(run(&[("log", "Error: no\n")]), None);
}
