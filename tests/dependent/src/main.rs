use ostack_core::context::Context;
use ostack_core::log::Sources;
use ostack_core::rule::KnowledgeBase;

fn main() -> ostack_core::Result<()> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let report = ostack_core::diagnose(
        &Sources::open(paths)?,
        &Context::new().release("victoria")?,
        &KnowledgeBase::builtin(),
    );
    for diagnosis in report.diagnoses {
        println!("{}: {}", diagnosis.rule, diagnosis.title);
    }
    Ok(())
}
