//! The command line: one declaration for parsing, help, completions and the manual.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

const EXIT: &str = "\
Exit status:
  0  nothing was found, or it is done
  1  something was found: a cause, or an error that no rule explains
  2  it could not be done: wrong usage, an input that cannot be read, an invalid rule";

const DIAGNOSE: &str = "\
Examples:
  ostack-cli diagnose /var/tmp/packstack/20261122-101500-x1y2z3
      a run's folder: its setup log and the logs of its manifests
  packstack --answer-file=answers.txt 2>&1 | tee run.log | ostack-cli diagnose -
      what packstack prints
  ostack-cli diagnose run.log --packages rpm-qa.txt --answers answers.txt --os centos-8
      with what is known of the host
  ostack-cli diagnose --packages rpm-qa.txt --release victoria --os centos-8
      facts alone, before any run";

const PLAN: &str = "\
Examples:
  ostack-cli plan --release victoria --os centos-8
      what to do, in order, with the reason of each step
  ostack-cli plan --release 2024.1 --os centos-stream-9 --format sh > prepare.sh
      a script that stops at the first failed step and can be resumed; read it, then run it";

/// Says what broke in a failed packstack (OpenStack RDO) installation, why, and what to do.
#[derive(Debug, Parser)]
#[command(name = "ostack-cli", version, after_help = EXIT, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read logs and say what broke, why, and what to do
    #[command(after_help = DIAGNOSE)]
    Diagnose(Diagnose),
    /// List, show, check and test rules
    Rules(Rules),
    /// Show the page of a rule
    Explain(Explain),
    /// Print the steps that prepare a host and install a release
    #[command(after_help = PLAN)]
    Plan(Plan),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, in roff
    Man,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Diagnose {
    /// Logs, folders of a packstack run, or `-` for standard input
    pub(crate) paths: Vec<PathBuf>,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
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
    /// Say why this rule fired or did not, with the values it saw
    #[arg(long, value_name = "RULE")]
    pub(crate) why: Option<String>,
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

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// One line for each rule
    List {
        #[command(flatten)]
        rules: RuleFolders,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// A rule's page
    Show {
        /// The rule's id
        id: String,
        #[command(flatten)]
        rules: RuleFolders,
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Lint rules: those of --rules, or the built-in ones
    Check {
        #[command(flatten)]
        rules: RuleFolders,
    },
    /// Run the tests that rules bring: those of --rules, or the built-in ones
    Test {
        #[command(flatten)]
        rules: RuleFolders,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    /// The id of a rule
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) rules: RuleFolders,
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
