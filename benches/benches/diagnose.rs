//! The main job in one process: start, a quiet log, a noisy one.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ostack_benches::oslo_log;
use ostack_core::context::Context;
use ostack_core::log::{Source, Sources};
use ostack_core::matcher::Matcher;
use ostack_core::rule::KnowledgeBase;

fn sources(text: &str) -> Sources {
    let mut sources = Sources::new();
    sources.push(Source::bytes("bench.log", text.as_bytes()));
    sources
}

fn start(criterion: &mut Criterion) {
    criterion.bench_function("start: rules and matcher", |bencher| {
        bencher.iter(|| {
            let rules = KnowledgeBase::builtin();
            std::hint::black_box(Matcher::new(&rules));
        });
    });
}

fn logs(criterion: &mut Criterion) {
    const LENGTH: usize = 8 << 20;
    let rules = KnowledgeBase::builtin();
    let mut group = criterion.benchmark_group("diagnose");
    group.sample_size(10).throughput(Throughput::Bytes(LENGTH as u64));
    for (name, one_in) in
        [("quiet", 0), ("one error in 1000 lines", 1000), ("one error in 20 lines", 20)]
    {
        let text = oslo_log(LENGTH, one_in);
        group.bench_function(name, |bencher| {
            bencher.iter(|| ostack_core::diagnose(&sources(&text), &Context::new(), &rules));
        });
    }
    group.finish();
}

criterion_group!(benches, start, logs);
criterion_main!(benches);
