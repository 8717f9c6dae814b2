//! The templates of the forms that are markup. What a value holds is escaped, always.

use std::sync::OnceLock;

use minijinja::{Environment, UndefinedBehavior, Value};

static TEMPLATES: [(&str, &str); 3] = [
    ("junit.xml", include_str!("templates/junit.xml")),
    ("page.html", include_str!("templates/page.html")),
    ("finding.html", include_str!("templates/finding.html")),
];

/// A template with its values. The name's ending says how values are escaped.
pub(super) fn render(name: &str, values: Value) -> String {
    static ENVIRONMENT: OnceLock<Environment<'static>> = OnceLock::new();
    let environment = ENVIRONMENT.get_or_init(|| {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        for (name, text) in TEMPLATES {
            environment.add_template(name, text).expect("the templates are valid, as tests show");
        }
        environment
    });
    let template = environment.get_template(name).expect("the names are this module's");
    let text =
        template.render(values).expect("the values are what the template asks for, as tests show");
    // Harmless between double quotes and in text.
    text.replace("&#x2f;", "/").replace("&#x27;", "'")
}
