//! The command line: one declaration for parsing, help, completions and the manual.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

const EXIT: &str = "\
Exit status:
  0  nothing was found, or it is done
  1  something was found: a cause, or an error that no rule explains
  2  it could not be done: wrong usage, an input that cannot be read, an invalid rule
Ctrl-C ends a diagnosis with what was found so far: 1 if that is something, else 2, or 0 with --follow";

const DIAGNOSE: &str = "\
Examples:
  ostack-cli diagnose /var/tmp/packstack/20261122-101500-x1y2z3
      a run's folder: its setup log and the logs of its manifests
  packstack --answer-file=answers.txt 2>&1 | tee run.log | ostack-cli diagnose -
      what packstack prints
  ostack-cli diagnose --follow run.log
      while packstack writes it: what is found is said at once, the report comes at the end
  ostack-cli diagnose sosreport-controller.tar.xz
      all logs in an archive, compressed and rotated ones too; nothing is unpacked to disk
  ostack-cli diagnose run.log --packages rpm-qa.txt --answers answers.txt --os centos-8
      with what is known of the host
  ostack-cli diagnose --packages rpm-qa.txt --release victoria --os centos-8
      facts alone, before any run
  ostack-cli diagnose /var/tmp/packstack/20261122-101500-x1y2z3 --format html --output report.html
      a page to look at, or to hand on
  ostack-cli diagnose run.log --packages rpm-qa.txt --format markdown
      a bug report, without secrets
  ostack-cli diagnose run.log --answers answers.txt --patch-answers new.txt --fix-script fix.sh
      what to do, as an edited answer file and as a script to read and run";

const PLAN: &str = "\
Examples:
  ostack-cli plan --release victoria --os centos-8
      what to do, in order, with the reason of each step
  ostack-cli plan --release 2024.1 --os centos-stream-9 --format sh > prepare.sh
      a script that stops at the first failed step and can be resumed; read it, then run it";

const ANSWERS: &str = "\
Examples:
  ostack-cli answers new answers.txt --release victoria --allinone
  ostack-cli answers check answers.txt --release victoria --os centos-8
      `ostack-cli answers COMMAND --help` has more for each";

const RULES: &str = "\
Examples:
  ostack-cli rules list
  ostack-cli rules show puppet_not_from_rdo
  ostack-cli rules check --rules my-rules && ostack-cli rules test --rules my-rules";

const RULES_LIST: &str = "\
Examples:
  ostack-cli rules list | grep rabbitmq
  ostack-cli rules list --format json";

const RULES_SHOW: &str = "\
Examples:
  ostack-cli rules show puppet_not_from_rdo
  ostack-cli rules show my_rule --rules my-rules --format json";

const RULES_CHECK: &str = "\
Examples:
  ostack-cli rules check --rules my-rules
      places and help for each mistake; status 1 where there is one
A rule file switches a lint off for itself, with a reason:
  allow = [{ lint = \"protection-off-first\", reason = \"packstack itself wants it\" }]";

const RULES_TEST: &str = "\
Examples:
  ostack-cli rules test --rules my-rules
      runs the [[test]] of each rule against that rule alone";

const EXPLAIN: &str = "\
Examples:
  ostack-cli explain puppet_not_from_rdo
  ostack-cli explain CONFIG_NEUTRON_L2_AGENT";

const COMPLETIONS: &str = "\
Examples:
  ostack-cli completions bash > /etc/bash_completion.d/ostack-cli
  ostack-cli completions zsh > ~/.zfunc/_ostack-cli";

const MAN: &str = "\
Examples:
  ostack-cli man > /usr/local/share/man/man1/ostack-cli.1
  ostack-cli man | man -l -";

const GET: &str = "\
Examples:
  ostack-cli answers get answers.txt CONFIG_CONTROLLER_HOST
  ostack-cli answers get answers.txt";

const SET: &str = "\
Examples:
  ostack-cli answers set answers.txt CONFIG_HEAT_INSTALL=y CONFIG_PROVISION_DEMO=n
  ostack-cli answers set answers.txt CONFIG_NEUTRON_L2_AGENT=ovn --release victoria
      refused where packstack of victoria would refuse the value";

const DIFF: &str = "\
Examples:
  ostack-cli answers diff old.txt new.txt --release victoria";

const MIGRATE: &str = "\
Examples:
  ostack-cli answers migrate answers.txt --from ussuri --to victoria --output new.txt";

const EFFECTIVE: &str = "\
Examples:
  ostack-cli answers effective answers.txt --release victoria
  ostack-cli answers effective answers.txt --release victoria --stage deployed --format json";

const REDACT_ANSWERS: &str = "\
Examples:
  ostack-cli answers redact answers.txt > to-post.txt";

const PREFLIGHT: &str = "\
Nothing is changed and no program is started. What is not found in the files is unknown, and named.

Examples:
  sudo ostack-cli preflight --release victoria --answers answers.txt --packages rpm-qa.txt
      this machine, before packstack runs
  ostack-cli preflight --collector > collect.sh
      a script that gathers on a host what preflight reads, without its passwords
  ostack-cli preflight --root ostack-facts --release 2024.1
      what the script gathered; a chroot and a sosreport are read as well";

const REDACT: &str = "\
Examples:
  ostack-cli redact /var/log/nova/nova-compute.log > nova-compute.txt
  journalctl -u httpd | ostack-cli redact -
  ostack-cli redact run.log --answers answers.txt
      the values of the answer file's passwords too, wherever they stand";

/// Says what broke in a failed packstack (OpenStack RDO) installation, why, and what to do.
#[derive(Debug, Parser)]
#[command(name = "ostack-cli", version, after_help = EXIT, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Print no result: the exit status says whether something was found
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say on standard error what was read and what is known
    #[arg(long, short, global = true)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read logs and say what broke, why, and what to do
    #[command(after_help = DIAGNOSE)]
    Diagnose(Diagnose),
    /// Write, check, read and change packstack's answer files
    #[command(after_help = ANSWERS)]
    Answers(Answers),
    /// List, show, check, test and write rules
    #[command(after_help = RULES)]
    Rules(Rules),
    /// Show the page of a rule, or of an answer-file parameter
    #[command(after_help = EXPLAIN)]
    Explain(Explain),
    /// Print the steps that prepare a host and install a release
    #[command(after_help = PLAN)]
    Plan(Plan),
    /// Compare versions, check constraints, and audit a host's packages
    #[command(after_help = VERSIONS)]
    Versions(Versions),
    /// Say before packstack runs what would make it fail, from a host's files
    #[command(after_help = PREFLIGHT)]
    Preflight(Preflight),
    /// Print files with their secrets masked, safe to post
    #[command(after_help = REDACT)]
    Redact(Redact),
    /// Print a completion script for a shell
    #[command(after_help = COMPLETIONS)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual, a page for each command, in roff
    #[command(after_help = MAN)]
    Man,
}

#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "a command line's switches")]
pub(crate) struct Diagnose {
    /// Logs, folders (of a packstack run, /var/log, an unpacked sosreport), archives (tar) and
    /// compressed logs (gzip, xz, bzip2, zstd), or `-` for standard input
    pub(crate) paths: Vec<PathBuf>,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,
    /// Write the report to FILE
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The answer file of the run
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: Option<PathBuf>,
    /// The host's packages: the output of `rpm -qa` or `dnf list installed`
    #[arg(long, value_name = "FILE")]
    pub(crate) packages: Option<PathBuf>,
    /// The operating system, such as centos-8 or centos-stream-9
    #[arg(long)]
    pub(crate) os: Option<String>,
    /// The OpenStack release, such as victoria or 2024.1
    #[arg(long)]
    pub(crate) release: Option<String>,
    #[command(flatten)]
    pub(crate) rules: RuleFolders,
    /// At most so many causes in the text
    #[arg(long, value_name = "N")]
    pub(crate) top: Option<usize>,
    /// All runs of a folder that holds several, not only the newest failed one
    #[arg(long)]
    pub(crate) all_runs: bool,
    /// Read a log while it is written, until packstack ends or Ctrl-C; say on standard error what is
    /// found as it comes
    #[arg(long, conflicts_with = "why")]
    pub(crate) follow: bool,
    /// At most so many threads; left out: as many as there are cores. The report is the same
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Say on standard error where the time went: by stage, and the ten rules that took most
    #[arg(long, conflicts_with_all = ["follow", "why"])]
    pub(crate) profile: bool,
    /// Show no progress
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// Say why this rule fired or did not, with the values it saw
    #[arg(long, value_name = "RULE")]
    pub(crate) why: Option<String>,
    /// Write the safe steps of the fixes to FILE as a shell script, which is shown; nothing is run
    #[arg(long, value_name = "FILE")]
    pub(crate) fix_script: Option<PathBuf>,
    /// Write the answer file of --answers to FILE, with what the first fix that sets parameters says;
    /// what changes is shown
    #[arg(long, value_name = "FILE", requires = "answers")]
    pub(crate) patch_answers: Option<PathBuf>,
    /// Show secrets as they are
    #[arg(long)]
    pub(crate) no_redact: bool,
    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = When::Auto)]
    pub(crate) color: When,
}

/// Which rules there are.
#[derive(Debug, clap::Args)]
pub(crate) struct RuleFolders {
    /// A folder with further rules; may be given several times
    #[arg(long = "rules", value_name = "DIR")]
    pub(crate) folders: Vec<PathBuf>,
    /// Only the rules of --rules
    #[arg(long)]
    pub(crate) no_builtin_rules: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For a terminal
    Text,
    /// Everything, for programs
    Json,
    /// Ready to be posted as a bug report
    Markdown,
    /// SARIF 2.1.0, for editors and code scanning
    Sarif,
    /// JUnit XML, for continuous integration
    Junit,
    /// One page with the run's timeline, for a browser
    Html,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    Auto,
    Always,
    Never,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Rules {
    #[command(subcommand)]
    pub(crate) command: RulesCommand,
}

const RULES_SCHEMA: &str = "\
Examples:
  ostack-cli rules schema > rule.schema.json
      an editor with a TOML language server checks and completes rule files with it";

const RULES_DOC: &str = "\
Examples:
  ostack-cli rules doc --output reference";

const RULES_COVERAGE: &str = "\
Examples:
  ostack-cli rules coverage --rules my-rules";

const SCAFFOLD: &str = "\
Examples:
  ostack-cli rules new flux_low --component host --from-line 'ERROR: the flux of vm1 is low'
  ostack-cli rules new flux_low --component nova --log nova-compute.log --line 4711 --output my-rules
  ostack-cli rules check --rules my-rules
      names what is still to be written";

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// One line for each rule
    #[command(after_help = RULES_LIST)]
    List {
        #[command(flatten)]
        rules: RuleFolders,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// A rule's page
    #[command(after_help = RULES_SHOW)]
    Show {
        /// The rule's id
        id: String,
        #[command(flatten)]
        rules: RuleFolders,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Lint rules: those of --rules, or the built-in ones
    #[command(after_help = RULES_CHECK)]
    Check {
        #[command(flatten)]
        rules: RuleFolders,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        /// Exit with 1 for warnings too
        #[arg(long)]
        strict: bool,
        /// Print the table of all lints
        #[arg(long)]
        list: bool,
    },
    /// Run the tests that rules bring: those of --rules, or the built-in ones
    #[command(after_help = RULES_TEST)]
    Test {
        #[command(flatten)]
        rules: RuleFolders,
    },
    /// Write a new rule from a log line: what the line does not tell is marked TODO
    #[command(after_help = SCAFFOLD)]
    New(NewRule),
    /// Print the JSON Schema of rule files, for editors
    #[command(after_help = RULES_SCHEMA)]
    Schema,
    /// Write a reference in Markdown: a page for each rule, an index, and what the rules cover
    #[command(after_help = RULES_DOC)]
    Doc {
        /// The folder to write to
        #[arg(long, value_name = "DIR")]
        output: PathBuf,
        #[command(flatten)]
        rules: RuleFolders,
    },
    /// Print which stages of an installation the rules cover, by component
    #[command(after_help = RULES_COVERAGE)]
    Coverage {
        #[command(flatten)]
        rules: RuleFolders,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct NewRule {
    /// The rule's id: what is wrong, in lower case with `_`
    pub(crate) id: String,
    /// The component, which is the folder of the rule
    #[arg(long)]
    pub(crate) component: String,
    #[command(flatten)]
    pub(crate) from: NewRuleFrom,
    /// The line of --log, from 1; left out: the worst record of the log
    #[arg(long, value_name = "N", requires = "log")]
    pub(crate) line: Option<u64>,
    /// Which of the report's unexplained errors, from 1
    #[arg(long, value_name = "N", requires = "from_report", default_value_t = 1)]
    pub(crate) entry: usize,
    /// Write DIR/COMPONENT/ID.toml, in place of standard output
    #[arg(long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct NewRuleFrom {
    /// The log line, as the program prints it
    #[arg(long, value_name = "TEXT")]
    pub(crate) from_line: Option<String>,
    /// A log that has the line
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
    /// The JSON report of a diagnosis, of which an error is unexplained
    #[arg(long, value_name = "FILE")]
    pub(crate) from_report: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    /// The id of a rule, or the name of a parameter (`CONFIG_…`)
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) rules: RuleFolders,
    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = When::Auto)]
    pub(crate) color: When,
}

const NEW: &str = "\
FLAGS are packstack's own, and may be abbreviated as packstack allows.

Examples:
  ostack-cli answers new FILE --release victoria --allinone --os-heat-install=y
      what stands for `packstack --gen-answer-file=FILE --allinone --os-heat-install=y`";

const CHECK: &str = "\
Errors are what packstack refuses, in the order in which it would meet them; warnings and infos
are lints. A comment switches one off, on the line above a parameter or, above `[general]`, for
the whole file:
  # ostack: allow answer_password_weak
`ostack-cli explain ID` shows the page of a lint.

Examples:
  ostack-cli answers check answers.txt --release victoria --os centos-8
  ostack-cli answers check answers.txt --release 2024.1 --fix";

#[derive(Debug, clap::Args)]
pub(crate) struct Answers {
    #[command(subcommand)]
    pub(crate) command: AnswersCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AnswersCommand {
    /// Write a new answer file, as `packstack --gen-answer-file` does
    #[command(after_help = NEW)]
    New(New),
    /// Say what packstack refuses in an answer file, and what will go wrong with it
    #[command(after_help = CHECK)]
    Check {
        /// The answer file
        file: PathBuf,
        /// The OpenStack release, such as victoria or 2024.1
        #[arg(long)]
        release: String,
        /// The operating system, such as centos-8 or centos-stream-9
        #[arg(long)]
        os: Option<String>,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        /// Repair in the file what is safe to repair
        #[arg(long)]
        fix: bool,
        #[command(flatten)]
        rules: RuleFolders,
    },
    /// Print values as the file gives them
    #[command(after_help = GET)]
    Get {
        /// The answer file
        file: PathBuf,
        /// Names of parameters; none: all that the file has
        names: Vec<String>,
    },
    /// Give parameters values; the rest of the file stays as it is
    #[command(after_help = SET)]
    Set {
        /// The answer file
        file: PathBuf,
        /// NAME=VALUE
        #[arg(required = true)]
        values: Vec<String>,
        /// The OpenStack release whose packstack must take the values; left out: any
        #[arg(long)]
        release: Option<String>,
    },
    /// Say in what two answer files differ: defaults, order and spelling make no difference
    #[command(after_help = DIFF)]
    Diff {
        /// The one answer file
        a: PathBuf,
        /// The other
        b: PathBuf,
        /// The OpenStack release, such as victoria or 2024.1
        #[arg(long)]
        release: String,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Carry an answer file to another release, with a reason for each change
    #[command(after_help = MIGRATE)]
    Migrate {
        /// The answer file
        file: PathBuf,
        /// The release that it was written for
        #[arg(long, value_name = "RELEASE")]
        from: String,
        /// The release that it is to be for
        #[arg(long, value_name = "RELEASE")]
        to: String,
        /// Write the new file to FILE, and the reasons to standard output
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Overwrite FILE
        #[arg(long)]
        force: bool,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Print the values that packstack works with, active parameters only
    #[command(after_help = EFFECTIVE)]
    Effective {
        /// The answer file
        file: PathBuf,
        /// The OpenStack release, such as victoria or 2024.1
        #[arg(long)]
        release: String,
        /// The operating system, such as centos-8 or centos-stream-9
        #[arg(long)]
        os: Option<String>,
        /// After packstack's processors, or after its plugins' changes too
        #[arg(long, value_enum, default_value_t = Stage::Processed)]
        stage: Stage,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Print an answer file with its secrets masked, safe to post
    #[command(after_help = REDACT_ANSWERS)]
    Redact {
        /// The answer file
        file: PathBuf,
    },
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct New {
    /// The file to write
    pub(crate) file: PathBuf,
    /// The OpenStack release, such as victoria or 2024.1
    #[arg(long)]
    pub(crate) release: Option<String>,
    /// The address of the machine that will run packstack; left out: this machine's
    #[arg(long, value_name = "IP")]
    pub(crate) local_ip: Option<String>,
    /// Its full name; left out: this machine's
    #[arg(long)]
    pub(crate) hostname: Option<String>,
    /// The home directory of the user who will run packstack; left out: this user's
    #[arg(long, value_name = "DIR")]
    pub(crate) home: Option<String>,
    /// Overwrite the file
    #[arg(long)]
    pub(crate) force: bool,
    /// packstack's own flags
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "FLAGS")]
    pub(crate) flags: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stage {
    Processed,
    Deployed,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Plan {
    /// The OpenStack release, such as victoria or 2024.1
    #[arg(long)]
    pub(crate) release: String,
    /// The operating system, such as centos-8 or centos-stream-9
    #[arg(long)]
    pub(crate) os: String,
    /// Run packstack with this answer file in place of --allinone
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: Option<PathBuf>,
    /// The form of the plan
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    pub(crate) format: PlanFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    Text,
    Sh,
    Markdown,
    Json,
}

const VERSIONS: &str = "\
Examples:
  ostack-cli versions compare 1:2.0~rc1-1.el8 1:2.0-1.el8 --scheme rpm
  ostack-cli versions audit --packages rpm-qa.txt --release victoria --os centos-8";

const COMPARE: &str = "\
The schemes are `rpm`, `pep440`, `semver` and `puppet`. Printed is `<`, `=` or `>`.
Examples:
  ostack-cli versions compare 1:2.0~rc1-1.el8 1:2.0-1.el8 --scheme rpm";

const CHECK_CONSTRAINT: &str = "\
Exit status: 0 the version is allowed, 1 it is not, 2 one of them cannot be read.
Examples:
  ostack-cli versions check '>= 6.0.0 < 7.0.0' 7.4.1 --scheme puppet";

const AUDIT: &str = "\
Reported is what does not fit the release: a Puppet that is not RDO's, packages and modules of
another release, packages from EPEL or a vendor in place of RDO's, two releases at once, a leatherman
that breaks facter, mixes of MariaDB and Galera, and Python packages that pip laid over RDO's.
Exit status: 0 all that is known fits, 1 something does not, 2 it could not be done.
Examples:
  rpm -qa > rpm-qa.txt; pip3 list > pip.txt
  ostack-cli versions audit --packages rpm-qa.txt --packages pip.txt --release victoria";

#[derive(Debug, clap::Args)]
pub(crate) struct Versions {
    #[command(subcommand)]
    pub(crate) command: VersionsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum VersionsCommand {
    /// Say which of two versions is newer
    #[command(after_help = COMPARE)]
    Compare {
        /// The one version
        a: String,
        /// The other
        b: String,
        /// How versions are written and ordered
        #[arg(long)]
        scheme: String,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Say whether a constraint allows a version
    #[command(after_help = CHECK_CONSTRAINT)]
    Check {
        /// The constraint, such as `>= 6.0.0 < 7.0.0`
        constraint: String,
        /// The version
        version: String,
        /// How versions are written and ordered
        #[arg(long)]
        scheme: String,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Say what does not fit the release on a host
    #[command(after_help = AUDIT)]
    Audit(Audit),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Audit {
    /// What the host prints: `rpm -qa`, `dnf list installed`, `dnf repolist`, `pip list`, `puppet
    /// module list`, `facter`, os-release, a `*.repo` file; or a sosreport's folder. May be given
    /// several times
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) packages: Vec<PathBuf>,
    /// The OpenStack release, such as victoria or 2024.1; left out: as the packages say
    #[arg(long)]
    pub(crate) release: Option<String>,
    /// The operating system, such as centos-8 or centos-stream-9; left out: as the packages say
    #[arg(long)]
    pub(crate) os: Option<String>,
    #[command(flatten)]
    pub(crate) rules: RuleFolders,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = When::Auto)]
    pub(crate) color: When,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Preflight {
    /// The host's root: a mounted disk, a chroot, a sosreport, or what --collector gathered; left out,
    /// without --packages and --answers: this machine's
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    /// The host's packages: the output of `rpm -qa` or `dnf list installed`
    #[arg(long, value_name = "FILE")]
    pub(crate) packages: Option<PathBuf>,
    /// The OpenStack release, such as victoria or 2024.1
    #[arg(long)]
    pub(crate) release: Option<String>,
    /// The operating system, such as centos-8 or centos-stream-9
    #[arg(long)]
    pub(crate) os: Option<String>,
    /// The answer file that packstack will run with
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: Option<PathBuf>,
    /// Print a shell script that gathers on a host what is read, and do nothing else
    #[arg(long, conflicts_with_all = ["root", "packages", "release", "os", "answers", "format"])]
    pub(crate) collector: bool,
    #[command(flatten)]
    pub(crate) rules: RuleFolders,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,
    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = When::Auto)]
    pub(crate) color: When,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Redact {
    /// Files, or `-` for standard input
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// An answer file, whose secret values are masked wherever they stand
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory};

    use super::Args;

    fn each(command: &Command, path: &str, look: &mut impl FnMut(&Command, &str)) {
        look(command, path);
        for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
            each(sub, &format!("{path}-{}", sub.get_name()), look);
        }
    }

    #[test]
    fn every_command_has_examples_a_manual_and_completions() {
        let mut command = Args::command();
        command.build();
        let man = String::from_utf8(crate::manual().unwrap()).unwrap();
        let mut script = Vec::new();
        clap_complete::generate(
            clap_complete::Shell::Bash,
            &mut command.clone(),
            "ostack-cli",
            &mut script,
        );
        let script = String::from_utf8(script).unwrap();
        let mut seen = 0;
        each(&command, "ostack-cli", &mut |command, path| {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Example") || path == "ostack-cli", "{path}: {help}");
            assert!(man.contains(&format!(".TH {path} 1")), "{path} has no page");
            assert!(script.contains(command.get_name()), "{path}");
            seen += 1;
        });
        assert!(seen > 15, "{seen}");
    }

    #[test]
    fn the_arguments_are_declared_well() {
        Args::command().debug_assert();
    }
}
