//! Tests of the whole module: text in, entries out.

use super::{Reader, Source};

#[test]
#[ignore = "prints the records of the file that OSTACK_LOG names"]
fn dump() {
    let path = std::env::var("OSTACK_LOG").expect("OSTACK_LOG");
    let source = Source::file(path).expect("a file");
    let mut reader = Reader::new(&source).expect("readable");
    while let Some(block) = reader.next_block().expect("readable") {
        for entry in block.entries() {
            let head = String::from_utf8_lossy(&entry.text[..entry.text.len().min(100)]).into_owned();
            println!("{:>4}+{:<3} {:<10} {:<8} {:?}", entry.line, entry.lines, entry.record.kind(),
                entry.record.level().as_str(), head);
            for name in entry.record.kind().fields() {
                if *name == "level" { continue }
                if let Some(value) = entry.record.field(name, entry.text) {
                    let value = String::from_utf8_lossy(&value[..value.len().min(140)]).into_owned();
                    println!("                    {name}={value:?}");
                }
            }
        }
    }
}
