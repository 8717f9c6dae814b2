//! What a line is, told from how it begins, and how the record that begins with it is read.

use super::fields::Kind;
use super::origin::Origin;
use super::record::{Level, Record};
use super::scan::{Cursor, begins_any, find, starts_blank};
use super::{audit, oslo, package, packstack, plain, puppet, service, syslog, time};

/// The forms in which programs write. More than one may belong to a kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// An entry of packstack's `openstack-setup.log`.
    Setup,
    /// A line of packstack's console.
    Console,
    /// The message with which packstack stops: lines of other programs may be part of it.
    Stop,
    Puppet,
    Oslo,
    Package,
    Journal,
    /// `=ERROR REPORT==== …`
    RabbitReport,
    /// `2022-01-01 10:00:00.123 [error] <0.1.0> …`
    RabbitLine,
    /// What `rabbitmqctl` or the start of the server prints when it fails.
    RabbitBlock,
    Mariadb,
    Ovs,
    Httpd,
    Libvirt,
    Audit,
    CloudInit,
    /// A shell's prompt with a command.
    Prompt,
    /// A line of an access log.
    Access,
    Plain,
}

impl Form {
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Setup | Self::Console | Self::Stop => Kind::Packstack,
            Self::Puppet => Kind::Puppet,
            Self::Oslo => Kind::Oslo,
            Self::Package => Kind::Package,
            Self::Journal => Kind::Journal,
            Self::RabbitReport | Self::RabbitLine | Self::RabbitBlock => Kind::Rabbitmq,
            Self::Mariadb => Kind::Mariadb,
            Self::Ovs => Kind::Ovs,
            Self::Httpd => Kind::Httpd,
            Self::Libvirt => Kind::Libvirt,
            Self::Audit => Kind::Audit,
            Self::CloudInit => Kind::CloudInit,
            Self::Prompt | Self::Access | Self::Plain => Kind::Plain,
        }
    }
}

/// The beginning of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) form: Form,
    pub(super) level: Level,
}

impl Head {
    pub(super) fn new(form: Form, level: Level) -> Self {
        Self { form, level }
    }

    /// Whether a word is all that tells the form, so that the line may as well be a part of what
    /// another program says.
    pub(super) fn is_weak(self) -> bool {
        matches!(self.form, Form::Puppet | Form::Package | Form::RabbitBlock | Form::Plain)
    }
}

/// What record `line` begins; `None` if no known form fits, so that it may also go on with one.
pub(super) fn head(line: &[u8]) -> Option<Head> {
    let origin = Origin::of(line);
    let body = &line[origin.body..];
    match origin.program {
        Some(program) => Some(syslog::head(program.of(line), body)),
        None => own_head(body, starts_blank(line)),
    }
}

/// What record a program's own text begins.
pub(super) fn own_head(body: &[u8], indented: bool) -> Option<Head> {
    match *body.first()? {
        b'0'..=b'9' => stamped(body)
            .or_else(|| service::mariadb_short(body))
            .or_else(|| plain::access(body))
            .or_else(|| packstack::head(body)),
        b'[' => service::httpd(body).or_else(|| word_head(body, indented)),
        b'=' => service::rabbit_report(body),
        _ => word_head(body, indented),
    }
}

/// A record that begins with `2015-04-06 18:06:38` in one of its forms.
fn stamped(body: &[u8]) -> Option<Head> {
    let mut cursor = Cursor::new(body, 0);
    time::iso(&mut cursor)?;
    let rest = cursor.rest();
    let head = match *rest.first()? {
        b':' if rest.starts_with(b"::") => packstack::setup(&rest[2..]),
        b':' => service::libvirt(rest),
        b'|' => service::ovs(rest),
        b' ' => {
            let rest = rest.trim_ascii_start();
            oslo::stamped(rest)
                .or_else(|| service::rabbit_line(rest))
                .or_else(|| service::mariadb(rest))
                .or_else(|| service::cloud_init(rest))
                .or_else(|| service::qemu(rest))
                .or_else(|| puppet::logged(rest))
        }
        _ => None,
    };
    // Whoever wrote it, a time stamp begins a record.
    Some(head.unwrap_or_else(|| Head::new(Form::Plain, plain::level(body))))
}

/// A record that begins with a word. Words are less than time stamps: under another record an
/// indented one begins nothing, save what is always printed so.
fn word_head(body: &[u8], indented: bool) -> Option<Head> {
    if indented {
        return oslo::bare(body)
            .or_else(|| packstack::success(body))
            .or_else(|| package::indented(body))
            .or_else(|| puppet::resource_message(body));
    }
    prompt(body)
        .or_else(|| packstack::head(body))
        .or_else(|| audit::head(body))
        .or_else(|| oslo::bare(body))
        .or_else(|| service::rabbit_block(body))
        .or_else(|| package::head(body))
        .or_else(|| service::word(body))
        .or_else(|| puppet::head(body))
}

/// `[root@host ~]# yum …`, `user@host:~$ …`, `# yum …`, `$ yum …`
fn prompt(body: &[u8]) -> Option<Head> {
    let is_prompt = begins_any(body, &["# ", "$ "]) || {
        let line = &body[..body.len().min(80)];
        let at = memchr::memchr(b'@', line).filter(|at| {
            let bracket = usize::from(line[0] == b'[');
            !line[bracket..*at].iter().any(|b| !(b.is_ascii_alphanumeric() || b"-_.".contains(b)))
        });
        at.is_some_and(|at| {
            let end = if line[0] == b'[' { "]" } else { ":" };
            find(&line[at..], end).is_some_and(|close| {
                memchr::memchr2(b'#', b'$', &line[at + close..]).is_some_and(|mark| {
                    // Between the bracket or colon and the mark there is a path at most.
                    !line[at + close..][..mark].contains(&b' ')
                })
            })
        })
    };
    is_prompt.then_some(Head::new(Form::Prompt, Level::Info))
}

/// Reads a record's payload.
pub(super) fn parse(form: Form, level: Level, text: &[u8]) -> Record {
    let origin = Origin::of(text);
    match form {
        Form::Setup => Record::Packstack(packstack::parse_setup(text, origin.body, level)),
        Form::Console | Form::Stop => Record::Packstack(packstack::parse(text, level)),
        Form::Puppet => Record::Puppet(puppet::parse(text, origin, level)),
        Form::Oslo => Record::Oslo(oslo::parse(text, origin, level)),
        Form::Package => Record::Package(package::parse(text, level)),
        Form::Journal => Record::Journal(syslog::parse(text, origin, level)),
        Form::RabbitReport => Record::Rabbitmq(service::parse_rabbit_report(text, origin, level)),
        Form::RabbitLine | Form::RabbitBlock => {
            Record::Rabbitmq(service::parse_rabbit(text, origin, level))
        }
        Form::Mariadb => Record::Mariadb(service::parse_mariadb(text, origin, level)),
        Form::Ovs => Record::Ovs(service::parse_ovs(text, origin, level)),
        Form::Httpd => Record::Httpd(service::parse_httpd(text, origin, level)),
        Form::Libvirt => Record::Libvirt(service::parse_libvirt(text, origin, level)),
        Form::Audit => Record::Audit(audit::parse(text, origin, level)),
        Form::CloudInit => Record::CloudInit(service::parse_cloud_init(text, origin, level)),
        Form::Prompt | Form::Access | Form::Plain => Record::Plain(plain::parse(text, level)),
    }
}
