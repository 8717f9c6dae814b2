//! Lines of syslog and the journal: whose they are, and those of programs without a kind of theirs.

use super::form::{Form, Head, own_head};
use super::origin::Origin;
use super::record::{Journal, Level};
use super::scan::{starts_with_any, trimmed};
use super::{audit, plain, puppet, service};

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
    let own = own_head(body, false);
    if let Some(own) = own
        && matches!(own.form, Form::Oslo | Form::Audit)
    {
        return own;
    }
    let level = own
        .map_or(Level::Unknown, |own| own.level)
        .max(plain::level(body));
    let of_program = PROGRAMS
        .iter()
        .find(|(name, _)| program.starts_with(name.as_bytes()));
    let form = match of_program {
        Some((_, Form::RabbitLine)) if own.is_some_and(|own| own.form == Form::RabbitBlock) => {
            Form::RabbitBlock
        }
        Some((_, form)) => *form,
        None if audit::is_denial(body) => Form::Audit,
        None => Form::Journal,
    };
    let level = match form {
        Form::Audit => audit::level(body),
        Form::Puppet if own.is_none() => puppet::guess_level(body),
        Form::Httpd => level.max(service::httpd_level(body)),
        // Bodies like `ovs|00117|vlog|INFO|text` have a level of their own.
        Form::Ovs => service::ovs(body).map_or(level, |ovs| ovs.level),
        _ => level,
    };
    Head { form, level }
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
    starts_with_any(line, &["-- "])
}
