use super::Conflict;

#[test]
fn show() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/conflicts");
    let mut paths: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    for path in paths.iter().filter(|p| p.extension().is_some_and(|e| e == "log")) {
        println!("== {}", path.file_name().unwrap().to_str().unwrap());
        for c in Conflict::read(&std::fs::read(path).unwrap()) {
            println!("{} {} {:?}: {c}", c.tool.as_str(), c.kind.as_str(), c.problem);
        }
    }
}
