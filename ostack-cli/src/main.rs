//! The command line of ostack.
fn main() {}
