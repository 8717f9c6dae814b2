//! Logs to measure with: the same bytes on every run.

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
