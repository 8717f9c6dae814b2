//! Folders, archives and streams: what is in them is found, whatever they are packed in.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;
use ostack_core::context::Context;
use ostack_core::diagnosis::Report;
use ostack_core::log::{Source, Sources, Watch};
use ostack_core::report;
use ostack_core::rule::KnowledgeBase;

const HIERA: &str =
    "Error: Function lookup() did not find a value for the name 'DEFAULT_EXEC_TIMEOUT'\n";

fn unknown(times: std::ops::Range<u32>) -> String {
    times
        .map(|minute| {
            format!(
                "2026-01-01 10:{minute:02}:00.000 77 ERROR nova.x [-] the capacitor of unit {minute} is cold\n"
            )
        })
        .collect()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

/// A host's logs as they lie on its disk: rotated, compressed, and not only logs.
fn fill(root: &Path) {
    let write = |path: &str, bytes: &[u8]| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    write("var/log/nova/nova-api.log", unknown(20..25).as_bytes());
    write("var/log/nova/nova-api.log.1", unknown(10..20).as_bytes());
    write("var/log/nova/nova-api.log.2.gz", &gzip(&unknown(5..10)));
    write("var/log/nova/nova-api.log.10.gz", &gzip(&unknown(0..5)));
    write("var/log/wtmp", &[0; 4096]);
    write("var/log/puppet-20251231", b"Notice: nothing\n");
    write("var/log/puppet", HIERA.as_bytes());
    write("var/tmp/packstack/20260101-100000-aaaaaa/openstack-setup.log", b"");
    write(
        "var/tmp/packstack/20260101-100000-aaaaaa/manifests/192.0.2.2_controller.pp.log",
        HIERA.as_bytes(),
    );
    write("var/tmp/packstack/20260102-100000-bbbbbb/openstack-setup.log", b"");
    write(
        "var/tmp/packstack/20260102-100000-bbbbbb/manifests/192.0.2.2_controller.pp.log",
        b"Notice: Applied catalog in 1.0 seconds\n",
    );
}

/// The archive of a folder, with its members in an order that is none.
fn archive(root: &Path) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    archive.follow_symlinks(false);
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        entries.reverse();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap();
                archive.append_path_with_name(&path, name).unwrap();
            }
        }
    }
    archive.into_inner().unwrap().finish().unwrap()
}

fn diagnose(sources: &Sources) -> Report {
    ostack_core::diagnose(sources, &Context::new(), &KnowledgeBase::builtin())
}

#[test]
fn an_archive_gives_the_report_that_its_folder_gives() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("host");
    fill(&root);
    let packed = folder.path().join("host.data");
    fs::write(&packed, archive(&root)).unwrap();

    let of_folder = diagnose(&Sources::open([&root]).unwrap());
    let of_archive = diagnose(&Sources::open([&packed]).unwrap());
    let places = |report: &Report, prefix: &str| report::json(report).replace(prefix, "");
    let expected = places(&of_folder, &format!("{}/", root.display()));
    let found = places(&of_archive, &format!("{}:", packed.display()));
    assert_eq!(found, expected);

    let cold = of_archive.unexplained.iter().find(|u| u.template.contains("capacitor")).unwrap();
    assert_eq!(cold.count, 25);
    assert!(cold.first.path.ends_with("nova-api.log.10.gz") && cold.first.text.contains("unit 0 "));
    assert!(cold.last.path.ends_with("nova-api.log") && cold.last.text.contains("unit 24 "));
    let seen: Vec<&str> = of_archive.diagnoses[0]
        .evidence
        .iter()
        .map(|e| e.path.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(seen, ["puppet", "192.0.2.2_controller.pp.log"]);
    let skipped: Vec<_> = of_archive.sources.iter().filter_map(|s| s.skipped.as_deref()).collect();
    assert_eq!(skipped, ["binary", "another run: only the newest failed one is read"]);
    assert!(of_archive.sources.iter().all(|source| !source.failed));
}

#[test]
fn what_was_read_before_damage_is_diagnosed() {
    let filler: String = (0..20_000).map(|i| format!("Notice: line {}\n", i * i)).collect();
    let mut packed = gzip(&format!("{HIERA}{filler}"));
    packed.truncate(packed.len() / 2);
    let mut sources = Sources::new();
    sources.push(Source::bytes("run.log.gz", packed));
    let report = diagnose(&sources);
    assert_eq!(report.diagnoses.len(), 1);
    assert_eq!(report.sources[0].skipped.as_deref(), Some("its gzip data is cut off"));
    assert!(report.sources[0].failed && report.sources[0].lines > 100);
}

/// Stops when so many bytes were read.
struct Most(u64, AtomicU64);

impl Watch for Most {
    fn read(&self, _path: &str, bytes: u64) {
        self.1.fetch_add(bytes, Ordering::Relaxed);
    }

    fn stopped(&self) -> bool {
        self.1.load(Ordering::Relaxed) >= self.0
    }
}

#[test]
fn one_who_stops_gets_what_was_found_so_far() {
    let watch = Arc::new(Most(1 << 20, AtomicU64::new(0)));
    let mut sources = Sources::new().watched(watch);
    let endless = HIERA.as_bytes().chain(std::io::repeat(b'\n'));
    sources.push(Source::reader("endless", Box::new(endless)));
    sources.push(Source::bytes("after", HIERA));
    let report = diagnose(&sources);
    assert_eq!(report.diagnoses.len(), 1);
    let skipped: Vec<_> = report.sources.iter().map(|s| s.skipped.as_deref()).collect();
    assert_eq!(skipped, [Some("stopped before its end"), Some("stopped before it was read")]);

    // Of an archive the member that is being read ends, and the others are not read.
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), HIERA.repeat(30_000)).unwrap();
    fs::write(folder.path().join("b"), HIERA).unwrap();
    let mut sources = Sources::new().watched(Arc::new(Most(10, AtomicU64::new(0))));
    sources.push(Source::bytes("x.tar.gz", archive(folder.path())));
    let report = diagnose(&sources);
    assert!(report.sources.iter().any(|s| s.skipped.as_deref() == Some("stopped before its end")));
}

#[test]
fn rotated_logs_that_are_named_come_in_order() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path());
    let nova = folder.path().join("var/log/nova");
    let names = ["nova-api.log", "nova-api.log.1", "nova-api.log.10.gz", "nova-api.log.2.gz"];
    let report = diagnose(&Sources::open(names.map(|name| nova.join(name))).unwrap());
    let order: Vec<&str> =
        report.sources.iter().map(|s| s.path.rsplit('/').next().unwrap()).collect();
    assert_eq!(
        order,
        ["nova-api.log.10.gz", "nova-api.log.2.gz", "nova-api.log.1", "nova-api.log"]
    );
}

#[cfg(unix)]
#[test]
fn what_is_no_file_in_a_folder_is_passed_over() {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("logs");
    fs::create_dir_all(root.join("a")).unwrap();
    fs::write(root.join("a/x.log"), HIERA).unwrap();
    fs::write(folder.path().join("elsewhere.log"), HIERA).unwrap();
    symlink(&root, root.join("a/loop")).unwrap();
    symlink("a/x.log", root.join("same.log")).unwrap();
    symlink(folder.path().join("elsewhere.log"), root.join("other.log")).unwrap();
    symlink("nowhere", root.join("dangling")).unwrap();
    symlink("/dev/zero", root.join("zero")).unwrap();
    let _socket = UnixListener::bind(root.join("socket")).unwrap();
    let report = diagnose(&Sources::open([&root]).unwrap());
    let shown = |path: &str| Path::new(path).strip_prefix(&root).unwrap().display().to_string();
    let seen: Vec<(String, Option<&str>)> =
        report.sources.iter().map(|s| (shown(&s.path), s.skipped.as_deref())).collect();
    let no_file = Some("a pipe, a socket or a device");
    let expected = [
        ("a/x.log", None),
        ("other.log", None),
        ("dangling", Some("a link to nothing")),
        ("socket", no_file),
        ("zero", no_file),
    ];
    assert_eq!(seen, expected.map(|(path, skipped)| (path.to_owned(), skipped)));
}

#[test]
fn columns_are_those_of_the_line_however_long_it_is() {
    for length in [10, 2000, 70_000, 300_000, 1_000_000] {
        let line = format!("x\n{}é {HIERA}", "é".repeat(length / 2));
        let mut sources = Sources::new();
        sources.push(Source::bytes("run.log", line));
        let report = diagnose(&sources);
        let evidence = &report.diagnoses[0].evidence[0];
        let before = length as u64 / 2 + 2;
        assert!(evidence.line == 2 && evidence.column > before, "{length}: {}", evidence.column);
        let start = (evidence.column - evidence.cut - 1) as usize;
        let marked: String = evidence.text.chars().skip(start).collect();
        let at = evidence.column - before - 1;
        assert!(marked.starts_with(&HIERA.trim_end()[at as usize..][..10]), "{length}: {marked}");
    }
}
