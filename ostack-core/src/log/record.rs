//! What a record is: one enum with a typed payload for each kind of program that writes logs.

use crate::span::Span;

/// How bad a program says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Level {
    /// The record names no level.
    #[default]
    Unknown,
    /// For developers.
    Debug,
    /// Normal work, Puppet's `Notice` included.
    Info,
    /// Something odd that the program lives with.
    Warning,
    /// Something failed.
    Error,
    /// The program cannot go on (`CRITICAL`, `EMER`, `panic`, …).
    Critical,
}

/// One record where it stands in its source.
#[derive(Debug, Clone)]
pub struct Entry<'b> {
    /// Which record of its source it is, from 0. `within` counts in these.
    pub number: u64,
    /// The first line, from 1.
    pub line: u64,
    /// How many lines it takes.
    pub lines: u32,
    /// How many characters of its first line stand before it: none, unless that line is too long for
    /// one record.
    pub columns_before: u64,
    /// The bytes of the source that it covers, line ends included; the spans of a source's entries
    /// follow one another without a gap.
    pub bytes: std::ops::Range<u64>,
    /// What the record says: its bytes without ANSI sequences and carriage returns, and without
    /// the last line end.
    pub text: &'b [u8],
    /// The kind, and what was read out of the text. Spans are spans of `text`.
    pub record: Record,
}

/// The kinds of records. `Plain` is a line that no known program's form fits.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Record {
    /// packstack's console and its `openstack-setup.log`.
    Packstack(Packstack),
    /// Puppet 3 to 8, on the console or in a manifest's log.
    Puppet(Puppet),
    /// A Python service that logs through oslo.log.
    Oslo(Oslo),
    /// A problem block that dnf, yum, rpm or pip printed.
    Package(Package),
    /// A line of syslog or the journal whose program is none of the other kinds.
    Journal(Journal),
    /// RabbitMQ, Erlang.
    Rabbitmq(Service),
    /// MariaDB, `MySQL`, Galera.
    Mariadb(Service),
    /// Open vSwitch and OVN.
    Ovs(Service),
    /// Apache httpd's error log.
    Httpd(Service),
    /// libvirt and QEMU.
    Libvirt(Service),
    /// The kernel's audit trail: AVC denials and others.
    Audit(Audit),
    /// cloud-init.
    CloudInit(Service),
    /// A line, with its indented continuation lines, that no known form fits.
    Plain(Plain),
}

/// What packstack says about its own run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Packstack {
    /// What happened.
    pub event: PackstackEvent,
    /// How bad it is.
    pub level: Level,
    /// When, where the line says so (setup log only).
    pub time: Option<Span>,
    /// The module that logged (setup log only), such as `packstack.installer.run_setup`.
    pub logger: Option<Span>,
    /// The step's title, such as `Applying Puppet manifests`.
    pub title: Option<Span>,
    /// The manifest's file name, such as `192.0.2.2_controller.pp`.
    pub manifest: Option<Span>,
    /// The host that the step or the remote script runs on.
    pub host: Option<Span>,
    /// What is said: the error's text, the script, the path of a log.
    pub message: Option<Span>,
}

/// What a packstack record tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum PackstackEvent {
    /// Anything else that packstack says.
    #[default]
    Note,
    /// The first line of a run: `Welcome to the Packstack setup utility`.
    Start,
    /// A step has begun and its state is not known yet.
    StepBegun,
    /// A step ended with `[ DONE ]`.
    StepDone,
    /// A step ended with `[ ERROR ]`.
    StepError,
    /// `Applying X.pp`: a manifest is being applied.
    ManifestBegun,
    /// `X.pp: [ DONE ]`.
    ManifestDone,
    /// `X.pp: [ ERROR ]`.
    ManifestError,
    /// `ERROR : …`, the message with which packstack stops.
    Error,
    /// Where the logs are.
    LogPath,
    /// `Installation completed successfully`.
    Success,
    /// A script that packstack ran on a host, or what it printed.
    Script,
    /// A Python traceback of packstack itself.
    Traceback,
}

/// A Puppet message, all its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Puppet {
    /// `Error:`, `err:`, `Warning:`, `Notice:`, … as a level.
    pub level: Level,
    /// When, where the log is one of syslog or `puppet.log`.
    pub time: Option<Span>,
    /// The host, where the message names one (`on node …`, or syslog's).
    pub host: Option<Span>,
    /// The resource's path, such as `/Stage[main]/Nova::Db::Mysql/Service[mysqld]`, without property.
    pub resource: Option<Span>,
    /// The property of the resource (`ensure`, `returns`).
    pub property: Option<Span>,
    /// What is said, without level, resource path and place.
    pub message: Span,
    /// The manifest file that the message names (`at FILE:LINE`, `(file: FILE, line: LINE)`).
    pub file: Option<Span>,
    /// The line in that file.
    pub file_line: Option<Span>,
    /// What sort of message it is.
    pub event: PuppetEvent,
}

/// What a Puppet message tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum PuppetEvent {
    /// Anything else.
    #[default]
    Note,
    /// A property could not be changed: `change from … failed`, `Could not …`, `Failed to call refresh`.
    ChangeFailed,
    /// The catalogue did not compile: evaluation and syntax errors, missing data or classes.
    Compile,
    /// `Dependency … has failures: true`.
    DependencyFailed,
    /// `Skipping because of failed dependencies`.
    Skipped,
    /// `Error: Facter: …`, which stops nothing.
    Facter,
    /// `Could not prefetch …`.
    Prefetch,
    /// `Applied catalog in …`, `Finished catalog run in …`.
    Applied,
}

/// An entry of a service that logs through oslo.log, with its traceback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Oslo {
    /// How bad it is. `TRACE` lines belong to the entry before them.
    pub level: Level,
    /// When.
    pub time: Option<Span>,
    /// The host, when the line came through syslog or the journal.
    pub host: Option<Span>,
    /// The process id.
    pub pid: Option<Span>,
    /// The logger, such as `nova.compute.manager`.
    pub logger: Option<Span>,
    /// `req-…`, without brackets.
    pub request_id: Option<Span>,
    /// The instance's UUID.
    pub instance: Option<Span>,
    /// What is said in the first line, after the brackets.
    pub message: Span,
    /// The traceback's lines, with their prefixes.
    pub traceback: Option<Span>,
    /// The last line of the traceback: the exception and its text, without prefix.
    pub exception: Option<Span>,
}

/// Which package tool printed a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PackageTool {
    /// dnf 4 and 5.
    Dnf,
    /// yum 2 and 3.
    Yum,
    /// rpm.
    Rpm,
    /// pip.
    Pip,
    /// `puppet module`.
    Puppet,
}

/// A problem that a package tool printed, all its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Package {
    /// Who printed it.
    pub tool: PackageTool,
    /// How bad it is.
    pub level: Level,
    /// The problem, without the leading `Error:`.
    pub message: Span,
    /// Whether it is written in another language than English.
    pub localised: bool,
}

/// A line of syslog or the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Journal {
    /// How bad it is, where the line tells.
    pub level: Level,
    /// When.
    pub time: Option<Span>,
    /// The host that wrote it.
    pub host: Option<Span>,
    /// The program, such as `systemd` or `neutron-server`.
    pub program: Option<Span>,
    /// The process id.
    pub pid: Option<Span>,
    /// What is said.
    pub message: Span,
}

/// An entry of a service with a form of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Service {
    /// How bad it is.
    pub level: Level,
    /// When.
    pub time: Option<Span>,
    /// The host, when the line came through syslog or the journal.
    pub host: Option<Span>,
    /// The part of the program that speaks: OVS's module, httpd's `module`, cloud-init's file.
    pub module: Option<Span>,
    /// What is said.
    pub message: Span,
}

/// A record of the audit trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Audit {
    /// Error for a denial that was enforced, warning for one in permissive mode, else info.
    pub level: Level,
    /// Seconds since 1970, as the record has them.
    pub time: Option<Span>,
    /// The host, when the line came through syslog or the journal.
    pub host: Option<Span>,
    /// `AVC`, `USER_AVC`, `SYSCALL`, …
    pub event: Option<Span>,
    /// What was denied, without braces: `getattr`, `name_bind`.
    pub denied: Option<Span>,
    /// The program (`comm=`), without quotes.
    pub comm: Option<Span>,
    /// The file or object (`name=` or `path=`), without quotes.
    pub name: Option<Span>,
    /// The port (`src=` or `dest=`).
    pub port: Option<Span>,
    /// Who asked: the source context.
    pub scontext: Option<Span>,
    /// Of what: the target context.
    pub tcontext: Option<Span>,
    /// The target's class.
    pub tclass: Option<Span>,
    /// All of it after the header.
    pub message: Span,
}

/// A line that no known form fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Plain {
    /// How bad it looks: a line that starts with `Error:`, `ERROR`, `fatal:` … is an error.
    pub level: Level,
    /// The whole text.
    pub message: Span,
}
