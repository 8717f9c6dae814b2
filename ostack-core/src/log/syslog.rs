//! Lines of syslog and the journal: whose they are, and those of programs without a kind of theirs.

use super::form::{Form, Head, own_head};
use super::origin::Origin;
use super::record::{Journal, Level};
use super::scan::{begins, begins_any, trimmed};
use super::{audit, oslo, plain, puppet, service};

/// The programs that have a kind of their own, by how their names begin.
const PROGRAMS: &[(&str, Form)] = &[
    ("puppet", Form::Puppet),
    ("rabbit", Form::RabbitLine),
    ("beam", Form::RabbitLine),
    ("mysqld", Form::Mariadb),
    ("mariadb", Form::Mariadb),
    ("ovs-", Form::Ovs),
    ("ovsdb-", Form::Ovs),
    ("ovn-", Form::Ovs),
    ("httpd", Form::Httpd),
    ("apache2", Form::Httpd),
    ("libvirtd", Form::Libvirt),
    ("virtqemud", Form::Libvirt),
    ("virtlogd", Form::Libvirt),
    ("cloud-init", Form::CloudInit),
];

/// What record a line of syslog begins, from its program and what that says.
pub(super) fn head(program: &[u8], body: &[u8]) -> Head {
    let Some((_, form)) = PROGRAMS.iter().find(|(name, _)| begins(program, name)) else {
        return own_head_of_service(body)
            .unwrap_or_else(|| Head::new(Form::Journal, plain::level(body)));
    };
    let own = own_head(body, false);
    let level = own.map_or(Level::Unknown, |own| own.level).max(plain::level(body));
    match (form, own) {
        (_, Some(own)) if matches!(own.form, Form::Oslo | Form::Audit) => own,
        (Form::RabbitLine, Some(own)) if own.form == Form::RabbitBlock => own,
        (Form::Puppet, None) => Head::new(Form::Puppet, puppet::guess_level(body)),
        (Form::Httpd, _) => Head::new(Form::Httpd, level.max(service::httpd_level(body))),
        // Bodies like `ovs|00117|vlog|INFO|text` have a level of their own.
        (Form::Ovs, _) => service::ovs(body).unwrap_or_else(|| Head::new(Form::Ovs, level)),
        (form, _) => Head::new(*form, level),
    }
}

/// The forms that any program's lines may have in syslog: oslo.log's, and the audit trail's.
fn own_head_of_service(body: &[u8]) -> Option<Head> {
    let head = match body.first()? {
        b'0'..=b'9' => own_head(body, false).filter(|head| head.form == Form::Oslo),
        _ => oslo::bare(body).or_else(|| audit::head(body)),
    };
    head.or_else(|| audit::is_denial(body).then(|| Head::new(Form::Audit, audit::level(body))))
}

pub(super) fn parse(text: &[u8], origin: Origin, level: Level) -> Journal {
    Journal {
        level,
        time: origin.time,
        host: origin.host,
        program: origin.program,
        pid: origin.pid,
        message: trimmed(text, origin.body, text.len()),
    }
}

/// What `journalctl` and `systemctl` print between the lines of a journal.
pub(super) fn goes_on(line: &[u8]) -> bool {
    begins_any(line, &["-- "])
}
