//! Transcripts of the command line: `tests/cli/*.md` and the README, run as they are written.

#[test]
fn transcripts() {
    std::env::set_current_dir("..").expect("the workspace's root is above the crate");
    trycmd::TestCases::new().case("tests/cli/*.md").case("README.md");
}
