//! Compressed logs and archives, whole and damaged.

use std::io::{Cursor, Read, Write};
use std::sync::Arc;

use proptest::prelude::*;

use crate::log::nature::Packing;
use crate::log::unpack::unpacked;
use crate::log::watch::Meter;
use crate::log::{Reader, Source, Sources};

const PACKINGS: [Packing; 4] = [Packing::Gzip, Packing::Xz, Packing::Bzip2, Packing::Zstd];

fn pack(packing: Packing, bytes: &[u8]) -> Vec<u8> {
    match packing {
        Packing::Gzip => {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
            packer.write_all(bytes).expect("memory");
            packer.finish().expect("memory")
        }
        Packing::Xz => {
            let options = lzma_rust2::XzOptions::with_preset(1);
            let mut packer = lzma_rust2::XzWriter::new(Vec::new(), options).expect("options");
            packer.write_all(bytes).expect("memory");
            packer.finish().expect("memory")
        }
        Packing::Bzip2 => {
            let mut packer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            packer.write_all(bytes).expect("memory");
            packer.finish().expect("memory")
        }
        Packing::Zstd => {
            ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
        }
    }
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        if name.len() < 100 {
            // As it is: the builder refuses names that lead out of a folder.
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_cksum();
            archive.append(&header, *bytes).expect("memory");
        } else {
            archive.append_data(&mut header, name, *bytes).expect("memory");
        }
    }
    archive.into_inner().expect("memory")
}

/// What is read of sources, in the order in which it comes: name and text, or the reason.
fn read_all(sources: &Sources) -> Vec<(String, String)> {
    let mut seen = Vec::new();
    for log in sources.logs() {
        let mut text = String::new();
        match log.skipped() {
            Some(reason) => text = format!("({reason})"),
            None => match Reader::new(&log) {
                Ok(mut reader) => loop {
                    match reader.next_block() {
                        Ok(Some(block)) => text += &String::from_utf8_lossy(block.text()),
                        Ok(None) => break,
                        Err(error) => {
                            text.extend(["(", error.message(), ")"]);
                            break;
                        }
                    }
                },
                Err(error) => text = format!("({})", error.message()),
            },
        }
        seen.push((log.path().to_owned(), text));
    }
    seen
}

fn read(name: &str, bytes: impl Into<Vec<u8>>) -> Vec<(String, String)> {
    let mut sources = Sources::new();
    sources.push(Source::bytes(name, bytes));
    read_all(&sources)
}

fn one(name: &str, text: &str) -> Vec<(String, String)> {
    vec![(name.to_owned(), text.to_owned())]
}

const LOG: &str = "Notice: fine\nError: no data\n";

#[test]
fn a_compressed_log_is_read_whatever_its_name() {
    for packing in PACKINGS {
        assert_eq!(read("x.log", pack(packing, LOG.as_bytes())), one("x.log", LOG));
        let twice = [pack(packing, b"Notice: a\n"), pack(packing, b"Error: b\n")].concat();
        assert_eq!(read("x", twice), one("x", "Notice: a\nError: b\n"), "{packing:?}, two parts");
    }
    let utf16: Vec<u8> = LOG.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(read("x", pack(Packing::Gzip, &utf16)), one("x", LOG));
    let layers = PACKINGS.iter().fold(LOG.as_bytes().to_vec(), |bytes, p| pack(*p, &bytes));
    assert_eq!(read("x", layers), one("x", LOG));
}

#[test]
fn a_compressed_stream_is_read_as_well() {
    let mut sources = Sources::new();
    let packed = pack(Packing::Zstd, LOG.as_bytes());
    sources.push(Source::reader("<stdin>", Box::new(Cursor::new(packed))));
    assert_eq!(read_all(&sources), one("<stdin>", LOG));
    let mut sources = Sources::new();
    sources.push(Source::reader("<stdin>", Box::new(Cursor::new(LOG))));
    assert_eq!(read_all(&sources), one("<stdin>", LOG));
}

#[test]
fn a_source_can_be_read_without_the_others() {
    let source = Source::bytes("x", pack(Packing::Xz, LOG.as_bytes()));
    let block = Reader::new(&source).expect("readable").next_block().expect("readable");
    assert_eq!(block.map(|block| block.len()), Some(2));
    let error = Reader::new(&Source::bytes("x", tar(&[("a", b"b\n")]))).expect_err("an archive");
    assert_eq!(error.message(), "an archive: `Sources::logs` gives the logs in it");
}

#[test]
fn an_archive_gives_its_logs_those_of_archives_in_it_too() {
    let inner = tar(&[("d/e.log.1.gz", &pack(Packing::Gzip, b"inner\n"))]);
    let long = format!("{}/f.log", "long".repeat(50));
    let archive = tar(&[
        ("./a.log", b"one\n"),
        ("b.log.gz", &pack(Packing::Gzip, b"two\n")),
        ("c.tar.bz2", &pack(Packing::Bzip2, &inner)),
        (&long, b"three\n"),
        ("wtmp", &[0; 2000]),
        ("empty", b""),
    ]);
    let member = |name: &str, text: &str| (format!("x.tar:{name}"), text.to_owned());
    let expected = [
        member("a.log", "one\n"),
        member("b.log.gz", "two\n"),
        member("c.tar.bz2:d/e.log.1.gz", "inner\n"),
        member(&long, "three\n"),
        member("wtmp", "(binary)"),
        member("empty", ""),
    ];
    assert_eq!(read("x.tar", archive.clone()), expected);
    for packing in PACKINGS {
        assert_eq!(read("x.tar", pack(packing, &archive)), expected);
    }
}

#[test]
fn names_in_an_archive_are_only_shown() {
    let archive = tar(&[
        ("../../etc/passwd", b"a\n"),
        ("/etc/shadow", b"b\n"),
        ("x\x1b[2J\n", b"c\n"),
        ("m/192.0.2.2_controller.pp.log", b"d\n"),
    ]);
    let mut sources = Sources::new();
    sources.push(Source::bytes("x.tar", archive));
    let logs: Vec<_> = sources.logs().collect();
    let paths: Vec<&str> = logs.iter().map(|log| log.path()).collect();
    assert_eq!(
        paths,
        [
            "x.tar:../../etc/passwd",
            "x.tar:etc/shadow",
            "x.tar:x\u{fffd}[2J\u{fffd}",
            "x.tar:m/192.0.2.2_controller.pp.log"
        ]
    );
    assert_eq!(logs[3].host(), Some("192.0.2.2"));
}

#[test]
fn of_packed_runs_the_newest_that_failed_is_read() {
    const FAILED: &[u8] = b"2022-01-01 10:00:07::ERROR::run_setup::1059::root:: no\n";
    const DONE: &[u8] = b"2022-01-01 10:00:07::INFO::shell::94::root:: fine\n";
    let archive = tar(&[
        (
            "p/20220103-100000-cccccc/manifests/192.0.2.2_x.pp.log",
            b"Notice: Applied catalog in 1 seconds\n",
        ),
        ("p/20220103-100000-cccccc/openstack-setup.log", DONE),
        ("p/20220102-100000-bbbbbb/manifests/192.0.2.2_x.pp.log", b"Error: no\n"),
        ("p/20220102-100000-bbbbbb/openstack-setup.log", FAILED),
        ("p/20220101-100000-aaaaaa/openstack-setup.log", FAILED),
        ("p/other.log", b"x\n"),
    ]);
    let names = |all_runs: bool| -> Vec<String> {
        let mut sources = Sources::new().all_runs(all_runs);
        sources.push(Source::bytes("x", pack(Packing::Gzip, &archive)));
        let logs = sources.logs().filter(|log| log.skipped().is_none());
        logs.map(|log| log.path().to_owned()).collect()
    };
    assert_eq!(
        names(false),
        [
            "x:p/other.log",
            "x:p/20220102-100000-bbbbbb/openstack-setup.log",
            "x:p/20220102-100000-bbbbbb/manifests/192.0.2.2_x.pp.log"
        ]
    );
    assert_eq!(names(true).len(), 6);
}

#[test]
fn what_can_be_read_of_damaged_data_is_read_and_the_rest_named() {
    let text = "Notice: this is a line of the log\n".repeat(20_000);
    let archive = tar(&[("a", text.as_bytes()), ("b", text.as_bytes())]);
    for packing in PACKINGS {
        let mut packed = pack(packing, text.as_bytes());
        packed.truncate(packed.len() / 2);
        let [(_, seen)] = read("x", packed).try_into().expect("one log");
        let name = packing.as_str();
        assert!(seen.ends_with(')') && seen.contains(&format!("its {name} data is")), "{seen}");
        let read_before = seen.len() > 1000;
        assert!(read_before || packing != Packing::Gzip, "{name}: what came before is read");

        let mut packed = pack(packing, &archive);
        packed.truncate(packed.len() - packed.len() / 4);
        let seen = read("x.tar", packed);
        let (last, reason) = seen.last().expect("it says why");
        assert_eq!(last, "x.tar", "{seen:?}");
        assert!(reason.contains("cut off"), "{reason}");
    }
    let mut cut = archive.clone();
    cut.truncate(archive.len() / 4);
    let seen = read("x.tar", cut);
    assert_eq!(seen.len(), 2);
    assert!(seen[0].1.len() > 100_000 && seen[1].1.contains("damaged or cut off"));
    // A damaged archive in a sound one does not hide what comes after it.
    let mut inner = pack(Packing::Gzip, &tar(&[("a", text.as_bytes())]));
    inner.truncate(inner.len() - 20);
    let seen = read("x.tar", tar(&[("i.tgz", &inner), ("b", b"after\n")]));
    assert_eq!(seen.last(), Some(&("x.tar:b".to_owned(), "after\n".to_owned())));
    assert!(seen.iter().any(|(name, text)| name == "x.tar:i.tgz" && text.contains("cut off")));
}

#[test]
fn too_many_layers_are_named() {
    let layers = (0..12).fold(LOG.as_bytes().to_vec(), |bytes, _| pack(Packing::Gzip, &bytes));
    assert_eq!(read("x", layers), one("x", "(more than 8 archives within one another)"));
}

#[test]
fn what_unpacks_to_far_too_much_is_cut_off() {
    let bomb = pack(Packing::Gzip, &vec![0; 32 << 20]);
    let meter = Meter::with_limit("x", None, 1 << 20);
    let error = unpacked(Packing::Gzip, &bomb[..], &meter)
        .read_to_end(&mut Vec::new())
        .expect_err("it is cut off");
    assert!(error.to_string().contains("more than 500 times its size"), "{error}");
}

#[test]
fn a_header_that_wants_much_memory_is_refused() {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_size(64 << 20);
    header.set_path("././@LongLink").expect("a name");
    header.set_cksum();
    let bytes = [header.as_bytes().to_vec(), vec![b'x'; 64 << 20]].concat();
    let [(_, reason)] = read("x", bytes).try_into().expect("the archive");
    assert!(reason.contains("a member's name is longer than any"), "{reason}");
}

#[test]
fn one_who_stops_listening_stops_the_unpacking() {
    struct Endless(Arc<()>);
    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            assert!(Arc::strong_count(&self.0) > 0);
            buffer.fill(b'\n');
            Ok(buffer.len())
        }
    }
    let mut header = tar::Header::new_gnu();
    header.set_size(1 << 60);
    header.set_path("endless").expect("a name");
    header.set_cksum();
    let alive = Arc::new(());
    let endless = Endless(Arc::clone(&alive));
    let mut sources = Sources::new();
    sources.push(Source::reader(
        "x",
        Box::new(Cursor::new(header.as_bytes().to_vec()).chain(endless)),
    ));
    let mut logs = sources.logs();
    let log = logs.next().expect("a member");
    let mut reader = Reader::new(&log).expect("readable");
    assert!(reader.next_block().is_ok_and(|block| block.is_some()));
    drop((reader, logs));
    let since = std::time::Instant::now();
    while Arc::strong_count(&alive) > 1 {
        assert!(since.elapsed().as_secs() < 60, "the thread goes on");
        std::thread::yield_now();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any bytes, in any container, damaged anywhere: something is said of each, and nothing panics.
    #[test]
    fn any_bytes_in_any_container_are_survived(
        bytes in prop::collection::vec(any::<u8>(), 0..3000),
        layers in prop::collection::vec(0..5_usize, 0..4),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut bytes = layers.iter().fold(bytes, |bytes, layer| match PACKINGS.get(*layer) {
            Some(packing) => pack(*packing, &bytes),
            None => tar(&[("a", b"Error: before\n"), ("b", &bytes), ("c", b"Error: after\n")]),
        });
        if !bytes.is_empty() {
            for (at, byte) in damage {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if is_cut {
                bytes.truncate(cut.index(bytes.len()));
            }
        }
        prop_assert!(!read("x", bytes).is_empty() || layers.contains(&4));
    }
}
