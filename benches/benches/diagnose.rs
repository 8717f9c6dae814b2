//! The main job in one process: a start, quiet and noisy logs, more and more rules, packed logs.

use std::io::Write;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ostack_benches::{made_up_rules, oslo_log};
use ostack_core::context::Context;
use ostack_core::diagnosis::diagnose_with;
use ostack_core::log::{Source, Sources};
use ostack_core::matcher::Matcher;
use ostack_core::rule::KnowledgeBase;

const LENGTH: usize = 8 << 20;

fn sources(name: &str, bytes: &[u8]) -> Sources {
    let mut sources = Sources::new();
    sources.push(Source::bytes(name, bytes));
    sources
}

/// All that a run does that diagnoses a small log.
fn cold(criterion: &mut Criterion) {
    let log = oslo_log(2000, 10);
    criterion.bench_function("cold/rules and matcher", |bencher| {
        bencher.iter(|| {
            let rules = KnowledgeBase::builtin();
            std::hint::black_box(Matcher::new(&rules));
        });
    });
    criterion.bench_function("cold/2 KB log", |bencher| {
        bencher.iter(|| {
            let rules = KnowledgeBase::builtin();
            ostack_core::diagnose(&sources("bench.log", log.as_bytes()), &Context::new(), &rules)
        });
    });
}

fn logs(criterion: &mut Criterion) {
    let rules = KnowledgeBase::builtin();
    let mut group = criterion.benchmark_group("log");
    group.sample_size(10).throughput(Throughput::Bytes(LENGTH as u64));
    for (name, one_in) in [("quiet", 0), ("0.1 % errors", 1000), ("5 % errors", 20)] {
        let text = oslo_log(LENGTH, one_in);
        for threads in [1, 2] {
            group.bench_function(BenchmarkId::new(name, format!("{threads} threads")), |bencher| {
                bencher.iter(|| {
                    let mut sources = Sources::new().threads(threads);
                    sources.push(Source::bytes("bench.log", text.as_bytes()));
                    ostack_core::diagnose(&sources, &Context::new(), &rules)
                });
            });
        }
    }
    group.finish();
}

/// A quiet log, with a matcher that was made before.
fn rules(criterion: &mut Criterion) {
    let text = oslo_log(LENGTH, 0);
    let mut group = criterion.benchmark_group("rules");
    group.sample_size(20).throughput(Throughput::Bytes(LENGTH as u64));
    for count in [100, 500, 1000, 2000, 5000] {
        let rules = made_up_rules(count);
        let matcher = Matcher::new(&rules);
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| {
                let sources = sources("bench.log", text.as_bytes());
                diagnose_with(&sources, &Context::new(), &rules, &[], &matcher)
            });
        });
    }
    group.finish();
}

/// A log with 0.1 % of errors, packed; by its size when unpacked.
fn archives(criterion: &mut Criterion) {
    let text = oslo_log(LENGTH, 1000);
    let packed = [
        ("plain", text.clone().into_bytes()),
        ("gz", gzip(text.as_bytes())),
        ("zst", zstd(text.as_bytes())),
        ("tar.xz", tar_xz(text.as_bytes())),
    ];
    let rules = KnowledgeBase::builtin();
    let mut group = criterion.benchmark_group("packed");
    group.sample_size(10).throughput(Throughput::Bytes(LENGTH as u64));
    for (name, bytes) in packed {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let report =
                    ostack_core::diagnose(&sources("bench", &bytes), &Context::new(), &rules);
                assert_eq!(report.sources[0].bytes, text.len() as u64);
            });
        });
    }
    group.finish();
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).and_then(|()| packer.finish()).expect("a Vec takes everything")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn tar_xz(bytes: &[u8]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    archive.append_data(&mut header, "var/log/nova.log", bytes).expect("a Vec takes everything");
    let tar = archive.into_inner().expect("a Vec takes everything");
    let options = lzma_rust2::XzOptions::default();
    let mut packer = lzma_rust2::XzWriter::new(Vec::new(), options).expect("the options are valid");
    packer.write_all(&tar).expect("a Vec takes everything");
    packer.finish().expect("a Vec takes everything")
}

criterion_group!(benches, cold, logs, rules, archives);
criterion_main!(benches);
