//! What of a folder becomes a source.

use std::fs;
use std::path::{Path, PathBuf};

use crate::ErrorKind;
use crate::log::{Source, Sources};

/// A folder of its own for a test, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ostack-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder can be made");
        Self(path)
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("it has a parent")).expect("it can be made");
        fs::write(path, bytes).expect("it can be written");
    }

    fn sources(&self, sources: Sources) -> (Vec<String>, Vec<String>) {
        let mut sources = sources;
        sources.add(&self.0).expect("a folder that can be read");
        let shown = |path: &str| {
            let path = Path::new(path).strip_prefix(&self.0).expect("it is under the folder");
            path.display().to_string()
        };
        let (read, skipped): (Vec<_>, Vec<_>) =
            sources.logs().partition(|log| log.skipped().is_none());
        (
            read.iter().map(|log| shown(log.path())).collect(),
            skipped
                .iter()
                .map(|log| format!("{}: {}", shown(log.path()), log.skipped().unwrap_or("")))
                .collect(),
        )
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const FAILED: &str = "2022-01-01 10:00:07::ERROR::run_setup::1059::root:: no\n";
const DONE: &str = "2022-01-01 10:00:07::INFO::shell::94::root:: fine\n";

#[test]
fn a_run_is_its_setup_log_and_its_manifests_logs() {
    let folder = Folder::new("run");
    folder.write("openstack-setup.log", FAILED);
    folder.write("hieradata/defaults.yaml", "x: 1\n");
    folder.write("manifests/192.0.2.2_controller.pp", "node default {}\n");
    folder.write("manifests/192.0.2.2_controller.pp.log", "Error: no\n");
    let (sources, skipped) = folder.sources(Sources::new());
    assert_eq!(sources, ["openstack-setup.log", "manifests/192.0.2.2_controller.pp.log"]);
    assert!(skipped.is_empty());
}

#[test]
fn of_several_runs_the_newest_that_failed_is_read() {
    let folder = Folder::new("runs");
    folder.write("20220101-100000-aaaaaa/openstack-setup.log", FAILED);
    folder.write("20220102-100000-bbbbbb/openstack-setup.log", DONE);
    folder.write("20220102-100000-bbbbbb/manifests/192.0.2.2_x.pp.log", "Error: no\n");
    folder.write("20220103-100000-cccccc/openstack-setup.log", DONE);
    folder.write(
        "20220103-100000-cccccc/manifests/192.0.2.2_x.pp.log",
        "Notice: Applied catalog in 1.0 seconds\n",
    );
    let (sources, skipped) = folder.sources(Sources::new());
    assert_eq!(
        sources,
        [
            "20220102-100000-bbbbbb/openstack-setup.log",
            "20220102-100000-bbbbbb/manifests/192.0.2.2_x.pp.log"
        ]
    );
    assert_eq!(skipped.len(), 2);
    let (sources, skipped) = folder.sources(Sources::new().all_runs(true));
    assert_eq!((sources.len(), skipped.len()), (5, 0));
}

#[test]
fn of_any_other_folder_all_that_is_text_is_read() {
    let folder = Folder::new("varlog");
    folder.write("nova/nova-api.log", "x\n");
    folder.write("messages", "x\n");
    folder.write("messages-20260102.zip", b"PK\x03\x04rest");
    folder.write("wtmp", [0; 400]);
    folder.write("empty", "");
    let (sources, skipped) = folder.sources(Sources::new());
    assert_eq!(sources, ["empty", "messages", "nova/nova-api.log"]);
    assert_eq!(
        skipped,
        ["messages-20260102.zip: an archive (zip); unpack it first", "wtmp: binary"]
    );
}

#[test]
fn what_cannot_be_read_is_said() {
    let folder = Folder::new("errors");
    let error = Source::file(folder.0.join("missing")).expect_err("there is no such file");
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(error.io_kind(), Some(std::io::ErrorKind::NotFound));
    assert!(error.path().is_some_and(|path| path.ends_with("missing")));
    let error = Source::file(&folder.0).expect_err("a folder is no file");
    assert_eq!(error.io_kind(), Some(std::io::ErrorKind::IsADirectory));
    assert!(Sources::open([folder.0.join("missing")]).is_err());
}

#[test]
fn a_stream_is_read_once() {
    let source = Source::reader("-", Box::new(&b"Error: x\n"[..]));
    let mut reader = crate::log::Reader::new(&source).expect("the first time");
    assert_eq!(reader.next_block().expect("readable").map(|block| block.len()), Some(1));
    let error = crate::log::Reader::new(&source).expect_err("the second time");
    assert_eq!(error.message(), "this stream was read before");
}
