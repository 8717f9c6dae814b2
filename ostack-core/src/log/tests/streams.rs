//! What holds for any bytes, and for any size of blocks.

use proptest::prelude::*;

use super::{blocks, blocks_of, for_entries};
use crate::log::nature::{Encoding, Nature};
use crate::log::{Block, Level, Record, Source};

/// What matters of an entry, owned.
#[derive(Debug, PartialEq)]
struct Seen {
    number: u64,
    line: u64,
    lines: u32,
    bytes: std::ops::Range<u64>,
    text: Vec<u8>,
    record: Record,
}

fn seen(log: &[u8], block_size: usize) -> Vec<Seen> {
    seen_in(&blocks(log, block_size))
}

fn seen_in(blocks: &[Block]) -> Vec<Seen> {
    let mut seen = Vec::new();
    blocks.iter().flat_map(Block::entries).for_each(|entry| {
        seen.push(Seen {
            number: entry.number,
            line: entry.line,
            lines: entry.lines,
            bytes: entry.bytes,
            text: entry.text.to_vec(),
            record: entry.record,
        });
    });
    seen
}

/// Checks what holds for any log.
fn check(log: &[u8], block_size: usize) {
    let whole = seen(log, 1 << 20);
    assert_eq!(seen(log, block_size), whole, "blocks of {block_size} bytes");
    let stream = Source::reader("-", Box::new(std::io::Cursor::new(log.to_vec())));
    assert_eq!(seen_in(&blocks_of(&stream, block_size)), whole, "reads of {block_size} bytes");
    let mut at = 0;
    for (number, entry) in whole.iter().enumerate() {
        assert_eq!(entry.number, number as u64);
        assert_eq!(entry.bytes.start, at, "the spans have no gap");
        assert!(entry.bytes.end > at, "no entry is empty in the source");
        let ends = |bytes: &[u8]| memchr::memchr_iter(b'\n', bytes).count();
        let (start, end) = (at as usize, entry.bytes.end as usize);
        assert_eq!(entry.line, ends(&log[..start]) as u64 + 1);
        assert!(
            (ends(&log[start..end])..=ends(&log[start..end]) + 1).contains(&(entry.lines as usize))
        );
        for name in entry.record.kind().fields() {
            assert!(
                entry
                    .record
                    .field(name, &entry.text)
                    .is_none_or(|f| f.len() <= entry.text.len().max(32))
            );
        }
        assert!(
            entry.record.instant(&entry.text).is_none_or(|instant| instant.abs() < i64::MAX / 2)
        );
        at = entry.bytes.end;
    }
    assert_eq!(at, log.len() as u64, "the spans cover the source");
    for block in blocks(log, block_size) {
        for (index, entry) in block.entries().enumerate() {
            assert_eq!(block.level(index), entry.record.level());
            assert_eq!(block.index_at(block.range(index).start), index);
            assert!(block.text()[block.range(index)].starts_with(entry.text));
            for offset in [0, entry.text.len() / 2, entry.text.len()] {
                let place = entry.place(offset);
                assert!(place.line >= entry.line && place.column >= 1);
            }
        }
    }
}

/// The beginnings and endings that records turn on, and bytes that are hard.
const PIECES: &[&[u8]] = &[
    b"\n", b"\r\n", b"\r", b" ", b"\t", b"\0", b"\xff\xfe", "错误：软件包\n".as_bytes(), b":", b"[", b"]",
    b"\x1b[1;31m", b"\x1b[0m", b"\x1b[", b"\x1b", b"\x1b]0;title\x07", b"\x1b]8;;", b"\x1b\\", b"\x1b(B",
    b"Error: ", b"Error:\n", b"err: ", b"Notice: ", b"Error: Facter: x\n\n  y\n",
    b"Error: /Stage[main]/A/Exec[b: c]/returns: change from notrun to 0 failed: x at /y.pp:3\n",
    b" at /x.pp:3:4 on node vm\n", b"(file: /x.pp, line: 3, column: 5)\n",
    b"Error: Execution of '/usr/bin/dnf -y install x' returned 1: Error: \n Problem: y\n",
    b" Problem: conflicting requests\n", b"Error: Package: x (y)\n           Requires: z\n",
    b"2018-06-08 17:29:56.126 11770 ERROR neutron.agent [req-1 a b - - -] [instance: u] text\n",
    b"2018-06-08 17:29:56.126 11770 ERROR neutron.agent Traceback (most recent call last):\n",
    b"2018-06-08 17:29:56.126 11770 ERROR neutron.agent   File \"x\", line 1\n",
    b"2018-06-08 17:29:56.126 11770 TRACE neutron.agent ValueError: x\n",
    b"./keystone.log:2018-06-08 17:29:56.126 1 CRITICAL keystone [-] x\n",
    b"Traceback (most recent call last):\n  File \"x\"\nValueError: y\n",
    b"Mar  1 13:53:47 host nova-compute[123]: text\n", b"4\xe6\x9c\x88 17 23:21:47 h p[1]: x\n",
    b"2022-01-01T10:00:00+0900 host puppet-user[1]: (/Stage[main]/A) x\n",
    b"=ERROR REPORT==== 7-Jun-2015::03:42:28 ===\n", b"2022-01-01 10:00:00.123 [error] <0.1.0> x\n",
    b"BOOT FAILED\n===========\n", b"Error: unable to connect to node rabbit@x: nodedown\n\nDIAGNOSTICS\n",
    b"2022-01-01 10:00:00 0 [ERROR] x\n", b"150101 10:00:00 [ERROR] x\n", b"150101  9:00:00 mysqld_safe x\n",
    b"2022-02-10T00:00:01.174Z|00117|vlog|INFO|x\n",
    b"[Mon Nov 22 10:00:00.123 2021] [core:error] [pid 1:tid 2] [client 192.0.2.1:5] AH00072: x\n",
    b"2013-10-23 17:32:19.909+0000: 14069: error : f:418 : x\n", b"2022-01-01T10:00:00.1Z qemu-kvm: x\n",
    b"type=AVC msg=audit(1412109980.125:4): avc:  denied  { getattr } for comm=\"x\" name=\"y\" src=5\n",
    b"2022-01-01 10:00:00,123 - util.py[WARNING]: x\n",
    b"2015-04-06 18:06:38::INFO::shell::94::root:: [192.0.2.1] Executing script:\n",
    b"2015-04-06 18:06:38::ERROR::run_setup::1::root:: Traceback (most recent call last):\n",
    b"Clean Up  [ DONE ]\n", b"Applying 192.0.2.1_x.pp ", b"192.0.2.1_x.pp:  [ ERROR ]\n", b"ERROR : x\n",
    b"You will find full trace in log /x ", b"**** Installation completed successfully ******\n",
    b"[root@host ~]# yum\n", b"192.0.2.1 - - [28/Sep/2016:09:49:25 +0700] \"GET\" 200\n",
];

/// What long stretches are made of.
const FILLERS: &[&[u8]] =
    &[b"\0", b"x\n", "错".as_bytes(), b"\x1b[0m", b"\r", b"\x1b[", b"a\x1b[0m", b"\x1b]8"];

fn log() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => proptest::sample::select(PIECES).prop_map(<[u8]>::to_vec),
        1 => proptest::collection::vec(any::<u8>(), 0..20),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Whether a log is read as it is: bytes in UTF-16 or under compression are other bytes as text.
fn is_plain(log: &[u8]) -> bool {
    matches!(Nature::of(log, true), Some(Nature::Text(Encoding::Bytes) | Nature::Binary(_)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_log_is_covered_whatever_the_block_size(log in log(), block_size in 1_usize..200) {
        prop_assume!(is_plain(&log));
        check(&log, block_size);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn long_lines_and_records_are_split_alike(
        log in log(),
        filler in proptest::sample::select(FILLERS),
        length in 60_000_usize..300_000,
        tail in log(),
        block_size in 1000_usize..100_000,
    ) {
        let long = filler.repeat(length / filler.len());
        let log = [log, long, tail].concat();
        prop_assume!(is_plain(&log));
        check(&log, block_size);
    }
}

#[test]
fn a_source_without_bytes_has_no_blocks() {
    assert!(blocks(b"", 10).is_empty());
}

#[test]
fn zeros_without_a_line_end_make_records_of_bounded_size() {
    let mut total = 0;
    let zeros = vec![0; 3 << 20];
    for_entries(&zeros, 1 << 16, |entry| {
        assert!(entry.text.len() <= 256 * 1024);
        assert_eq!((entry.line, entry.record.level()), (1, Level::Unknown));
        total += entry.text.len();
    });
    assert_eq!(total, zeros.len());
}

#[test]
fn a_record_of_more_lines_than_a_thousand_is_split() {
    let log = format!("Error: x\n{}", "  more\n".repeat(2500));
    let lines: Vec<u32> = seen(log.as_bytes(), 1 << 16).iter().map(|entry| entry.lines).collect();
    assert_eq!(lines, [1000, 1000, 501]);
}

#[test]
fn sequences_and_carriage_returns_are_left_out_and_counted() {
    let log = b"\x1b[1;31mError: caf\xc3\xa9\x1b[0m here\r\n\x1b]0;t\x07Notice: b\x1b[0m";
    let seen = seen(log, 3);
    assert_eq!(seen[0].text, "Error: café here".as_bytes());
    assert_eq!(seen[0].bytes, 0..30);
    assert_eq!(seen[1].text, b"Notice: b");
    assert_eq!(seen[1].bytes, 30..log.len() as u64);
}

#[test]
fn a_log_of_sequences_only_is_one_empty_record() {
    let seen = seen(b"\x1b[0m\r\r\x1b[0m", 4);
    assert_eq!((seen.len(), seen[0].bytes.clone(), seen[0].text.len()), (1, 0..10, 0));
}
