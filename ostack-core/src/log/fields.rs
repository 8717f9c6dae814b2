//! Kinds of records and their fields, by the names that rules use.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::conflict::Conflict;
use super::record::{
    Level, PackageTool, Packstack, PackstackEvent, Puppet, PuppetEvent, Record, Service,
};
use super::time;
use crate::error::{Error, ErrorKind, did_you_mean};
use crate::span::Span;

/// The kinds of records, as rules name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// packstack's console and setup log.
    Packstack,
    /// Puppet.
    Puppet,
    /// Services that log through oslo.log.
    Oslo,
    /// dnf, yum, rpm, pip.
    Package,
    /// Syslog and the journal.
    Journal,
    /// RabbitMQ.
    Rabbitmq,
    /// MariaDB.
    Mariadb,
    /// Open vSwitch and OVN.
    Ovs,
    /// Apache httpd.
    Httpd,
    /// libvirt and QEMU.
    Libvirt,
    /// The audit trail.
    Audit,
    /// cloud-init.
    CloudInit,
    /// Any other line.
    Plain,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 13] = [
        Self::Packstack,
        Self::Puppet,
        Self::Oslo,
        Self::Package,
        Self::Journal,
        Self::Rabbitmq,
        Self::Mariadb,
        Self::Ovs,
        Self::Httpd,
        Self::Libvirt,
        Self::Audit,
        Self::CloudInit,
        Self::Plain,
    ];

    /// The name, as in a rule's `record = "…"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Packstack => "packstack",
            Self::Puppet => "puppet",
            Self::Oslo => "oslo",
            Self::Package => "package",
            Self::Journal => "journal",
            Self::Rabbitmq => "rabbitmq",
            Self::Mariadb => "mariadb",
            Self::Ovs => "ovs",
            Self::Httpd => "httpd",
            Self::Libvirt => "libvirt",
            Self::Audit => "audit",
            Self::CloudInit => "cloud_init",
            Self::Plain => "plain",
        }
    }

    /// The names of the fields that records of this kind have.
    ///
    /// ```
    /// use ostack_core::log::Kind;
    /// assert!(Kind::Oslo.fields().contains(&"request_id"));
    /// ```
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Packstack => &[
                "message", "level", "time", "host", "event", "title", "manifest", "logger",
                "problem", "package", "repo", "requires", "other",
            ],
            Self::Puppet => &[
                "message",
                "level",
                "time",
                "host",
                "resource",
                "property",
                "file",
                "file_line",
                "event",
                "problem",
                "package",
                "repo",
                "requires",
                "other",
            ],
            Self::Oslo => &[
                "message",
                "level",
                "time",
                "host",
                "pid",
                "logger",
                "request_id",
                "instance",
                "traceback",
                "exception",
            ],
            Self::Package => &[
                "message", "level", "time", "host", "tool", "problem", "package", "repo",
                "requires", "other",
            ],
            Self::Journal => &["message", "level", "time", "host", "program", "pid"],
            Self::Rabbitmq
            | Self::Mariadb
            | Self::Ovs
            | Self::Httpd
            | Self::Libvirt
            | Self::CloudInit => &["message", "level", "time", "host", "module"],
            Self::Audit => &[
                "message", "level", "time", "host", "event", "denied", "comm", "name", "port",
                "scontext", "tcontext", "tclass",
            ],
            Self::Plain => &[
                "message", "level", "time", "host", "problem", "package", "repo", "requires",
                "other",
            ],
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str);
            let error = Error::new(
                ErrorKind::Rule,
                format!("expected a kind of record, but found `{name}`"),
            );
            match did_you_mean(name, names) {
                Some(meant) => error.help(format!("did you mean `{meant}`?")),
                None => error.help(format!("the kinds are {}", names.join(", "))),
            }
        })
    }
}

impl Level {
    /// The name, in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
        }
    }
}

impl PackstackEvent {
    /// The name, in snake case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Start => "start",
            Self::StepBegun => "step_begun",
            Self::StepDone => "step_done",
            Self::StepError => "step_error",
            Self::ManifestBegun => "manifest_begun",
            Self::ManifestDone => "manifest_done",
            Self::ManifestError => "manifest_error",
            Self::Error => "error",
            Self::LogPath => "log_path",
            Self::Success => "success",
            Self::Script => "script",
            Self::Traceback => "traceback",
        }
    }
}

impl PuppetEvent {
    /// The name, in snake case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::ChangeFailed => "change_failed",
            Self::Compile => "compile",
            Self::DependencyFailed => "dependency_failed",
            Self::Skipped => "skipped",
            Self::Facter => "facter",
            Self::Prefetch => "prefetch",
            Self::Applied => "applied",
        }
    }
}

impl PackageTool {
    /// The tool's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dnf => "dnf",
            Self::Yum => "yum",
            Self::Rpm => "rpm",
            Self::Pip => "pip",
            Self::Puppet => "puppet",
        }
    }
}

impl Serialize for PackageTool {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A field's value: part of the record's text, or a word of ours.
enum Value {
    Text(Option<Span>),
    Word(&'static str),
}

impl Record {
    /// Which kind of record it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Packstack(_) => Kind::Packstack,
            Self::Puppet(_) => Kind::Puppet,
            Self::Oslo(_) => Kind::Oslo,
            Self::Package(_) => Kind::Package,
            Self::Journal(_) => Kind::Journal,
            Self::Rabbitmq(_) => Kind::Rabbitmq,
            Self::Mariadb(_) => Kind::Mariadb,
            Self::Ovs(_) => Kind::Ovs,
            Self::Httpd(_) => Kind::Httpd,
            Self::Libvirt(_) => Kind::Libvirt,
            Self::Audit(_) => Kind::Audit,
            Self::CloudInit(_) => Kind::CloudInit,
            Self::Plain(_) => Kind::Plain,
        }
    }

    /// How bad it says it is.
    pub fn level(&self) -> Level {
        match self {
            Self::Packstack(packstack) => packstack.level,
            Self::Puppet(puppet) => puppet.level,
            Self::Oslo(oslo) => oslo.level,
            Self::Package(package) => package.level,
            Self::Journal(journal) => journal.level,
            Self::Rabbitmq(service)
            | Self::Mariadb(service)
            | Self::Ovs(service)
            | Self::Httpd(service)
            | Self::Libvirt(service)
            | Self::CloudInit(service) => service.level,
            Self::Audit(audit) => audit.level,
            Self::Plain(plain) => plain.level,
        }
    }

    /// Its time stamp.
    pub fn time(&self) -> Option<Span> {
        self.text_field("time")
    }

    /// The instant of its time stamp, in milliseconds since 1970 as the clock on that host showed
    /// it. An offset is left out of account, for most stamps have none. `None` where there is no
    /// stamp, or one without year (syslog).
    ///
    /// ```
    /// use ostack_core::log::{Reader, Source};
    /// let source = Source::bytes("log", *b"1970-01-02 00:00:01.500 7 INFO nova [-] up\n");
    /// let block = Reader::new(&source)?.next_block()?.expect("there is text");
    /// let entry = block.entry(0);
    /// assert_eq!(entry.record.instant(entry.text), Some(86_401_500));
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn instant(&self, text: &[u8]) -> Option<i64> {
        time::instant(self.time()?.of(text))
    }

    /// The host that it names.
    pub fn host(&self) -> Option<Span> {
        self.text_field("host")
    }

    /// What is said, without the parts that have fields of their own.
    pub fn message(&self) -> Option<Span> {
        self.text_field("message")
    }

    /// A field's value, by its documented name ([`Kind::fields`]). `text` is the record's text.
    /// `None` if the record has no such field, or nothing in it.
    ///
    /// ```
    /// use ostack_core::log::{Reader, Source};
    /// let source = Source::bytes("log", *b"Error: /Stage[main]/A/Package[b]/ensure: no such\n");
    /// let block = Reader::new(&source)?.next_block()?.expect("there is text");
    /// let entry = block.entry(0);
    /// assert_eq!(entry.record.field("property", entry.text), Some(&b"ensure"[..]));
    /// assert_eq!(entry.record.field("level", entry.text), Some(&b"error"[..]));
    /// # Ok::<(), ostack_core::Error>(())
    /// ```
    pub fn field<'t>(&self, name: &str, text: &'t [u8]) -> Option<&'t [u8]> {
        const OF_CONFLICTS: [&str; 5] = ["problem", "package", "repo", "requires", "other"];
        if OF_CONFLICTS.contains(&name) && self.kind().fields().contains(&name) {
            return Conflict::read(text).first()?.field(name, text);
        }
        match self.value(name)? {
            Value::Text(span) => span.map(|span| span.of(text)),
            Value::Word(word) => Some(word.as_bytes()),
        }
    }

    fn text_field(&self, name: &str) -> Option<Span> {
        match self.value(name)? {
            Value::Text(span) => span,
            Value::Word(_) => None,
        }
    }

    fn value(&self, name: &str) -> Option<Value> {
        if name == "level" {
            return Some(Value::Word(self.level().as_str()));
        }
        let span = match self {
            Self::Packstack(packstack) => return packstack.value(name),
            Self::Puppet(puppet) => return puppet.value(name),
            Self::Oslo(oslo) => match name {
                "message" => Some(oslo.message),
                "time" => oslo.time,
                "host" => oslo.host,
                "pid" => oslo.pid,
                "logger" => oslo.logger,
                "request_id" => oslo.request_id,
                "instance" => oslo.instance,
                "traceback" => oslo.traceback,
                "exception" => oslo.exception,
                _ => return None,
            },
            Self::Package(package) => match name {
                "message" => Some(package.message),
                "tool" => return Some(Value::Word(package.tool.as_str())),
                _ => return None,
            },
            Self::Journal(journal) => match name {
                "message" => Some(journal.message),
                "time" => journal.time,
                "host" => journal.host,
                "program" => journal.program,
                "pid" => journal.pid,
                _ => return None,
            },
            Self::Rabbitmq(service)
            | Self::Mariadb(service)
            | Self::Ovs(service)
            | Self::Httpd(service)
            | Self::Libvirt(service)
            | Self::CloudInit(service) => return service.value(name),
            Self::Audit(audit) => match name {
                "message" => Some(audit.message),
                "time" => audit.time,
                "host" => audit.host,
                "event" => audit.event,
                "denied" => audit.denied,
                "comm" => audit.comm,
                "name" => audit.name,
                "port" => audit.port,
                "scontext" => audit.scontext,
                "tcontext" => audit.tcontext,
                "tclass" => audit.tclass,
                _ => return None,
            },
            Self::Plain(plain) => match name {
                "message" => Some(plain.message),
                _ => return None,
            },
        };
        Some(Value::Text(span))
    }
}

impl Packstack {
    fn value(&self, name: &str) -> Option<Value> {
        let span = match name {
            "message" => self.message,
            "time" => self.time,
            "host" => self.host,
            "title" => self.title,
            "manifest" => self.manifest,
            "logger" => self.logger,
            "event" => return Some(Value::Word(self.event.as_str())),
            _ => return None,
        };
        Some(Value::Text(span))
    }
}

impl Puppet {
    fn value(&self, name: &str) -> Option<Value> {
        let span = match name {
            "message" => Some(self.message),
            "time" => self.time,
            "host" => self.host,
            "resource" => self.resource,
            "property" => self.property,
            "file" => self.file,
            "file_line" => self.file_line,
            "event" => return Some(Value::Word(self.event.as_str())),
            _ => return None,
        };
        Some(Value::Text(span))
    }
}

impl Service {
    fn value(&self, name: &str) -> Option<Value> {
        let span = match name {
            "message" => Some(self.message),
            "time" => self.time,
            "host" => self.host,
            "module" => self.module,
            _ => return None,
        };
        Some(Value::Text(span))
    }
}
