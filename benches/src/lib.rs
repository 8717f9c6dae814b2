//! Logs and rules to measure with: the same bytes on every run.

use ostack_core::rule::{KnowledgeBase, parse};

/// An oslo.log of about `bytes` bytes of which about one line in `one_in` is an error; 0: none is.
///
/// ```
/// let quiet = ostack_benches::oslo_log(10_000, 0);
/// assert!(quiet.len() >= 10_000 && !quiet.contains("ERROR"));
/// assert!(ostack_benches::oslo_log(10_000, 20).contains("ERROR"));
/// ```
pub fn oslo_log(bytes: usize, one_in: u64) -> String {
    use std::fmt::Write;
    const QUIET: [&str; 4] = [
        "INFO nova.compute.resource_tracker [req-{id} - - - - -] Final resource view: name=vm phys_ram=15884MB used_ram=512MB",
        "DEBUG oslo_concurrency.lockutils [req-{id} - - - - -] Lock \"compute_resources\" acquired by \"update\" :: waited 0.000s",
        "INFO neutron.wsgi [req-{id} admin demo - default default] 192.0.2.2 \"GET /v2.0/ports HTTP/1.1\" status: 200  len: 1066 time: 0.0514",
        "INFO nova.osapi_compute.wsgi.server [req-{id} u p - - -] 192.0.2.9 \"GET /v2/servers/detail HTTP/1.1\" status: 200 len: 1893 time: 0.28",
    ];
    const ERRORS: [&str; 2] = [
        "ERROR oslo.messaging._drivers.impl_rabbit [req-{id} - - - - -] AMQP server on 192.0.2.2:5672 is unreachable: [Errno 111] ECONNREFUSED. Trying again in 1 seconds.",
        "ERROR nova.flux [req-{id} - - - - -] the capacitor of instance {id} is cold",
    ];
    let mut out = String::with_capacity(bytes + 256);
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut line = 0_u64;
    while out.len() < bytes {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let pick = (state >> 33) as usize;
        let is_error = one_in > 0 && state.is_multiple_of(one_in);
        let text = if is_error { ERRORS[pick % ERRORS.len()] } else { QUIET[pick % QUIET.len()] };
        let id = format!("{state:016x}");
        let (minute, second) = (line / 6000 % 60, line / 100 % 60);
        writeln!(
            out,
            "2026-01-10 09:{minute:02}:{second:02}.{:03} 2211 {}",
            line % 1000,
            text.replace("{id}", &id)
        )
        .expect("a String takes everything");
        line += 1;
    }
    out
}

/// So many made-up rules, at most 5,832: each knows the name of an exception that no other one has, as
/// services log them, with a capture behind it.
///
/// # Panics
/// Where more are asked for.
///
/// ```
/// let rules = ostack_benches::made_up_rules(100);
/// assert_eq!(rules.len(), 100);
/// assert_eq!(rules.get("made_up_0000").unwrap().patterns.len(), 1);
/// ```
pub fn made_up_rules(count: usize) -> KnowledgeBase {
    const THINGS: [&str; 18] = [
        "Volume",
        "Network",
        "Port",
        "Instance",
        "Image",
        "Flavor",
        "Keypair",
        "Snapshot",
        "Subnet",
        "Router",
        "Cell",
        "Aggregate",
        "Tenant",
        "Quota",
        "Endpoint",
        "Backup",
        "Cluster",
        "Bridge",
    ];
    const ACTIONS: [&str; 18] = [
        "Attach", "Binding", "Lookup", "Rebuild", "Schedule", "Migrate", "Resize", "Delete",
        "Export", "Mapping", "Upload", "Rollback", "Claim", "Encrypt", "Restore", "Notify",
        "Reserve", "Shelve",
    ];
    const ENDS: [&str; 18] = [
        "Timeout",
        "Refused",
        "Conflict",
        "NotFound",
        "Denied",
        "Exhausted",
        "Mismatch",
        "Invalid",
        "Unreachable",
        "Aborted",
        "Duplicate",
        "Expired",
        "Overflow",
        "Locked",
        "Corrupt",
        "Missing",
        "Stalled",
        "Rejected",
    ];
    let most = THINGS.len() * ACTIONS.len() * ENDS.len();
    assert!(count <= most, "there are {most} names, not {count}");
    let mut rules = KnowledgeBase::empty();
    for number in 0..count {
        // Steps that have no factor in common with their number visit each name once, and mix them.
        let pick = number * 1_009 % most;
        let (thing, pick) = (THINGS[pick % 18], pick / 18);
        let (action, end) = (ACTIONS[pick % 18], ENDS[pick / 18]);
        let name = format!("{thing}{action}{end}");
        let text = format!(
            r#"
format = 1
id = "made_up_{number:04}"
title = "{name} of {{{{ what }}}}"
component = "nova"
severity = "error"
cause = "A benchmark."
[[pattern]]
name = "raised"
regex = '{name}: (?:\w+ )?(?<what>[\w-]{{1,64}}) .{{0,80}}(?:failed|timed out)'
"#
        );
        let path = format!("made_up_{number:04}.toml");
        let (rule, tests) = parse(&path, &text).expect("the rule is valid");
        rules.add(&path, rule, tests).expect("the id is new");
    }
    rules
}
