//! Memory is constant for streams, however long and however noisy.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]
#![cfg(target_os = "linux")]

use std::io::Read;

use ostack_core::context::Context;
use ostack_core::log::{Source, Sources};
use ostack_core::rule::KnowledgeBase;

/// So many bytes of a log in which nearly every record is an error, and none is like another.
struct Noise {
    left: u64,
    number: u64,
    line: Vec<u8>,
    at: usize,
}

impl Noise {
    fn new(bytes: u64) -> Self {
        Self { left: bytes, number: 0, line: Vec::new(), at: 0 }
    }

    /// A word of letters only, another one each time.
    fn word(&mut self) -> String {
        self.number = self.number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (0..10).map(|i| char::from(b'a' + (self.number >> (16 + 4 * i)) as u8 % 16)).collect()
    }
}

impl Read for Noise {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.line.len() {
            if self.left == 0 {
                return Ok(0);
            }
            let (a, b) = (self.word(), self.word());
            self.line = match self.number >> 60 {
                0..=3 => format!("Error: Function lookup() did not find a value for the name '{a}'\n"),
                4..=7 => format!("Error: Could not start Service[{a}]: {b}\n"),
                8 => format!("Error: Execution of '/usr/bin/dnf -y install {a}' returned 1: Error: Unable to find a match: {a}\n"),
                _ => format!("2026-01-01 10:00:00.000 77 ERROR {a} [-] {b} was not {a}\n"),
            }
            .into_bytes();
            self.left = self.left.saturating_sub(self.line.len() as u64);
            self.at = 0;
        }
        let read = (&self.line[self.at..]).read(buffer)?;
        self.at += read;
        Ok(read)
    }
}

/// The most memory that this process has had so far, in MB.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("Linux says it");
    line.split_ascii_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).expect("kB") / 1000
}

fn read(bytes: u64) {
    let mut sources = Sources::new();
    sources.push(Source::reader("noise", Box::new(Noise::new(bytes))));
    let report = ostack_core::diagnose(&sources, &Context::new(), &KnowledgeBase::builtin());
    assert!(report.sources[0].bytes >= bytes && !report.is_empty());
}

#[test]
fn a_stream_of_ten_times_the_length_takes_no_more_memory() {
    const MB: u64 = 1_000_000;
    read(2 * MB);
    let short = most_memory();
    read(20 * MB);
    let long = most_memory();
    assert!(long < short + 10, "2 MB: {short} MB, 20 MB: {long} MB");
    assert!(long < 100, "{long} MB");
}
