//! What a package requires: a name and a constraint, or a rich expression of them.

use std::fmt;
use std::ops::Range as ByteRange;
use std::str::FromStr;

use super::cursor::Cursor;
use super::{Constraint, Truth, unexpected};
use crate::error::{Error, Result, did_you_mean};

/// A dependency as a spec file writes it: `puppet >= 1:5.5`, or a rich one in parentheses.
///
/// | written | holds where |
/// | --- | --- |
/// | `(a and b)`, `(a or b)` | both do, one does; several may be chained |
/// | `(a if b)`, `(a if b else c)` | `a` does, or `b` does not; without `b`, `c` must |
/// | `(a unless b)`, `(a unless b else c)` | `a` does and `b` does not; with `b`, `c` must |
/// | `(a with b)`, `(a without b)` | one package does both; does the first and not the second |
///
/// ```
/// use ostack_core::version::{Dependency, Truth};
/// let dependency = Dependency::parse("(ruby-facter >= 1:3.0 with ruby-facter < 1:4)")?;
/// assert_eq!(dependency.to_string(), "(ruby-facter >= 1:3.0 with ruby-facter < 1:4)");
/// assert_eq!(dependency.evaluate_on_one(&mut |_| Truth::Unknown), Truth::Unknown);
///
/// let error = Dependency::parse("(puppet ad hiera)").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "1:9: expected `and`, `or`, `if`, `unless`, `with`, `without` or `)`, but found `ad`\n  \
///      | (puppet ad hiera)\n  |         ^^\n  help: did you mean `and`?"
/// );
/// # Ok::<(), ostack_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub enum Dependency {
    /// A name, with or without a constraint.
    Package(Constraint),
    /// All must hold.
    And(Vec<Self>),
    /// One must hold.
    Or(Vec<Self>),
    /// What must hold where the condition does; `otherwise` where it does not.
    If {
        /// What must hold.
        then: Box<Self>,
        /// Where this does.
        condition: Box<Self>,
        /// What must hold where the condition does not.
        otherwise: Option<Box<Self>>,
    },
    /// What must hold, and the condition must not; where it does, `otherwise` must.
    Unless {
        /// What must hold.
        then: Box<Self>,
        /// Where this does not.
        condition: Box<Self>,
        /// What must hold where the condition does.
        otherwise: Option<Box<Self>>,
    },
    /// One package must do all of it.
    With(Vec<Self>),
    /// One package must do the first and not the second.
    Without(Box<Self>, Box<Self>),
}

impl Dependency {
    /// Reads a dependency, as rpm's own parser does.
    ///
    /// # Errors
    ///
    /// Where the text is none: an operator that there is not, one without an operand, a chain of
    /// different operators, or a constraint that cannot be read.
    pub fn parse(text: &str) -> Result<Self> {
        let mut cursor = Cursor::new(text, 0..text.len());
        cursor.skip_blanks();
        if !cursor.rest().starts_with('(') {
            return Constraint::parse_rpm(text, 0..text.len()).map(Self::Package);
        }
        let whole = cursor.group(0)?;
        cursor.skip_blanks();
        match cursor.rest() {
            "" => Ok(whole),
            _ => Err(unexpected("the end of the dependency", text, cursor.at..text.len())),
        }
    }

    /// Whether it holds, where `holds` says so of its parts: names with their constraints, and what
    /// asks something of one package, [`With`](Self::With) and [`Without`](Self::Without).
    pub fn evaluate(&self, holds: &mut dyn FnMut(&Self) -> Truth) -> Truth {
        match self {
            Self::Package(_) | Self::With(_) | Self::Without(..) => holds(self),
            Self::And(parts) => all(parts.iter().map(|part| part.evaluate(holds))),
            Self::Or(parts) => any(parts.iter().map(|part| part.evaluate(holds))),
            Self::If { then, condition, otherwise } => {
                let (then, condition) = (then.evaluate(holds), condition.evaluate(holds));
                let otherwise = otherwise.as_ref().map_or(Truth::True, |part| part.evaluate(holds));
                choose(condition, then, otherwise)
            }
            Self::Unless { then, condition, otherwise } => {
                let (then, condition) = (then.evaluate(holds), condition.evaluate(holds));
                let otherwise =
                    otherwise.as_ref().map_or(Truth::False, |part| part.evaluate(holds));
                choose(!condition, then, otherwise)
            }
        }
    }

    /// Whether it holds for one package, where `holds` says so of a name with its constraint.
    pub fn evaluate_on_one(&self, holds: &mut dyn FnMut(&Constraint) -> Truth) -> Truth {
        self.evaluate(&mut |part| match part {
            Self::Package(constraint) => holds(constraint),
            Self::With(parts) => all(parts.iter().map(|part| part.evaluate_on_one(holds))),
            Self::Without(first, second) => {
                first.evaluate_on_one(holds) & !second.evaluate_on_one(holds)
            }
            other => other.evaluate_on_one(holds),
        })
    }

    /// The names and constraints in it, from left to right.
    pub fn constraints(&self) -> Vec<&Constraint> {
        match self {
            Self::Package(constraint) => vec![constraint],
            Self::And(parts) | Self::Or(parts) | Self::With(parts) => {
                parts.iter().flat_map(Self::constraints).collect()
            }
            Self::If { then, condition, otherwise }
            | Self::Unless { then, condition, otherwise } => [then, condition]
                .into_iter()
                .chain(otherwise)
                .flat_map(|part| part.constraints())
                .collect(),
            Self::Without(first, second) => [first.constraints(), second.constraints()].concat(),
        }
    }

    /// Parts with an operator between, in parentheses.
    fn chain(f: &mut fmt::Formatter<'_>, parts: &[Self], operator: &str) -> fmt::Result {
        for (i, part) in parts.iter().enumerate() {
            let before = if i == 0 { "(" } else { operator };
            write!(f, "{before}{part}")?;
        }
        f.write_str(")")
    }
}

fn all(parts: impl Iterator<Item = Truth>) -> Truth {
    parts.fold(Truth::True, |a, b| a & b)
}

fn any(parts: impl Iterator<Item = Truth>) -> Truth {
    parts.fold(Truth::False, |a, b| a | b)
}

/// What holds where the condition does, and where it does not; unknown only where that decides.
fn choose(condition: Truth, then: Truth, otherwise: Truth) -> Truth {
    match condition {
        Truth::True => then,
        Truth::False => otherwise,
        Truth::Unknown if then == otherwise => then,
        Truth::Unknown => Truth::Unknown,
    }
}

impl FromStr for Dependency {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl fmt::Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Package(constraint) => constraint.fmt(f),
            Self::And(parts) => Self::chain(f, parts, " and "),
            Self::Or(parts) => Self::chain(f, parts, " or "),
            Self::With(parts) => Self::chain(f, parts, " with "),
            Self::Without(first, second) => write!(f, "({first} without {second})"),
            Self::If { then, condition, otherwise: None } => write!(f, "({then} if {condition})"),
            Self::Unless { then, condition, otherwise: None } => {
                write!(f, "({then} unless {condition})")
            }
            Self::If { then, condition, otherwise: Some(otherwise) } => {
                write!(f, "({then} if {condition} else {otherwise})")
            }
            Self::Unless { then, condition, otherwise: Some(otherwise) } => {
                write!(f, "({then} unless {condition} else {otherwise})")
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    And,
    Or,
    If,
    Unless,
    With,
    Without,
    Else,
}

const OPERATORS: [(&str, Operator); 7] = [
    ("and", Operator::And),
    ("or", Operator::Or),
    ("if", Operator::If),
    ("unless", Operator::Unless),
    ("with", Operator::With),
    ("without", Operator::Without),
    ("else", Operator::Else),
];

/// Deeper nesting is refused, so that no text can exhaust the stack.
const DEEPEST: usize = 64;

impl Cursor<'_> {
    /// What comes before a blank, or before a `)` that was not opened in it.
    fn token(&mut self) -> ByteRange<usize> {
        let mut depth = 0;
        self.take_while(|c| {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            !c.is_whitespace() && depth >= 0
        })
    }

    /// An expression in parentheses.
    fn group(&mut self, depth: usize) -> Result<Dependency> {
        let start = self.at;
        if depth > DEEPEST {
            return Err(unexpected("fewer parentheses", self.text, start..self.text.len()));
        }
        self.at += 1;
        let mut parts = vec![self.operand(depth)?];
        let mut operators: Vec<Operator> = Vec::new();
        loop {
            self.skip_blanks();
            if self.rest().is_empty() {
                return Err(unexpected("`)`", self.text, self.at..self.at)
                    .help(format!("the parenthesis in column {} is not closed", start + 1)));
            }
            if self.rest().starts_with(')') {
                self.at += 1;
                break;
            }
            let at = self.token();
            let operator = self.conjunction(at.clone())?;
            self.may_follow(operator, &operators, at)?;
            operators.push(operator);
            parts.push(self.operand(depth)?);
        }
        Ok(build(&operators, parts))
    }

    /// A group, or a name with or without a constraint.
    fn operand(&mut self, depth: usize) -> Result<Dependency> {
        self.skip_blanks();
        if self.rest().starts_with('(') {
            return self.group(depth + 1);
        }
        let start = self.at;
        let name = self.token();
        if name.is_empty() {
            let end = (start + 1).min(self.text.len());
            return Err(unexpected("a package name", self.text, start..end));
        }
        let count = |sign: char| self.text[name.clone()].matches(sign).count();
        if count('(') != count(')') {
            return Err(unexpected("a name with its parentheses closed", self.text, name));
        }
        let mut end = self.at;
        self.skip_blanks();
        if self.rest().starts_with(['<', '=', '>']) {
            self.token();
            self.skip_blanks();
            self.token();
            end = self.at;
        }
        self.at = end;
        Constraint::parse_rpm(self.text, start..end).map(Dependency::Package)
    }

    fn conjunction(&self, at: ByteRange<usize>) -> Result<Operator> {
        let word = &self.text[at.clone()];
        if let Some((_, operator)) = OPERATORS.iter().find(|(name, _)| *name == word) {
            return Ok(*operator);
        }
        let expected = "`and`, `or`, `if`, `unless`, `with`, `without` or `)`";
        let error = unexpected(expected, self.text, at);
        let near = did_you_mean(&word.to_lowercase(), OPERATORS.map(|(name, _)| name));
        Err(match (near, word) {
            (Some(near), _) => error.help(format!("did you mean `{near}`?")),
            (None, "&" | "&&" | ",") => error.help("did you mean `and`?"),
            (None, "|" | "||") => error.help("did you mean `or`?"),
            _ => error,
        })
    }

    /// Whether rpm takes the operator after those before it in the group.
    fn may_follow(
        &self,
        operator: Operator,
        before: &[Operator],
        at: ByteRange<usize>,
    ) -> Result<()> {
        let refuse = |expected: &str| {
            Err(unexpected(expected, self.text, at.clone())
                .help("put a part in parentheses: `((a and b) or c)`"))
        };
        match (operator, before) {
            (Operator::Else, [Operator::If | Operator::Unless]) => Ok(()),
            (Operator::Else, _) => refuse("`else` only after one `if` or `unless`"),
            (_, []) => Ok(()),
            (Operator::And | Operator::Or | Operator::With, [first, ..]) if *first == operator => {
                Ok(())
            }
            (Operator::And | Operator::Or | Operator::With, _) => refuse("one kind of operator"),
            _ => refuse("`)`, as only `and`, `or` and `with` can be chained"),
        }
    }
}

/// The expression of operands with operators between, which the parser has checked.
fn build(operators: &[Operator], mut parts: Vec<Dependency>) -> Dependency {
    let otherwise = (operators.len() == 2 && operators[1] == Operator::Else)
        .then(|| parts.pop().map(Box::new))
        .flatten();
    let two = |parts: &mut Vec<Dependency>| {
        let second = Box::new(parts.remove(1));
        (Box::new(parts.remove(0)), second)
    };
    match operators.first() {
        None | Some(Operator::Else) => parts.remove(0),
        Some(Operator::And) => Dependency::And(parts),
        Some(Operator::Or) => Dependency::Or(parts),
        Some(Operator::With) => Dependency::With(parts),
        Some(Operator::If) => {
            let (then, condition) = two(&mut parts);
            Dependency::If { then, condition, otherwise }
        }
        Some(Operator::Unless) => {
            let (then, condition) = two(&mut parts);
            Dependency::Unless { then, condition, otherwise }
        }
        Some(Operator::Without) => {
            let (first, second) = two(&mut parts);
            Dependency::Without(first, second)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rich_dependencies_are_read_and_printed() {
        for text in [
            "puppet",
            "libstdc++.so.6(GLIBCXX_3.4)(64bit)",
            "(a and b and c >= 1:2-3)",
            "(a or (b with c < 2))",
            "(a if b)",
            "(a if b else c)",
            "(a unless (b or c) else d)",
            "(ruby(release) with rubygem(json) >= 1.0)",
            "(python3dist(pbr) >= 2 without python3dist(pbr) = 2.1)",
        ] {
            assert_eq!(Dependency::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Dependency::parse("( a )").unwrap().to_string(), "a");
        let several = Dependency::parse("(a if b else (c or d))").unwrap();
        assert_eq!(several.constraints().len(), 4);
    }

    #[test]
    fn three_values_are_kleenes() {
        use Truth::{False, True, Unknown};
        let holds = |text: &str| {
            let dependency = Dependency::parse(text).unwrap();
            dependency.evaluate_on_one(&mut |constraint| match constraint.name() {
                Some("t") => True,
                Some("f") => False,
                _ => Unknown,
            })
        };
        let table = [
            ("(t and u)", Unknown),
            ("(f and u)", False),
            ("(t or u)", True),
            ("(f or u)", Unknown),
            ("(u if f)", True),
            ("(f if t)", False),
            ("(t if u)", True),
            ("(f if u)", Unknown),
            ("(f if u else f)", False),
            ("(t if f else f)", False),
            ("(t unless f)", True),
            ("(t unless t)", False),
            ("(f unless u)", False),
            ("(t unless u)", Unknown),
            ("(f unless t else t)", True),
            ("(t with f)", False),
            ("(f without t)", False),
        ];
        for (text, truth) in table {
            assert_eq!(holds(text), truth, "{text}");
        }
    }

    #[test]
    fn errors_say_where_and_what_then() {
        let errors = [
            "(a and)",
            "(a and b",
            "(a && b)",
            "(a and b or c)",
            "(a if b if c)",
            "(a or b else c)",
            "(a) b",
            "()",
            "(a >= and b)",
            "(a => > b)",
        ]
        .map(|text| Dependency::parse(text).unwrap_err().to_string());
        insta::assert_snapshot!(errors.join("\n"), @r"
        1:7: expected a package name, but found `)`
          | (a and)
          |       ^
        1:9: expected `)`, but found nothing
          | (a and b
          |         ^
          help: the parenthesis in column 1 is not closed
        1:4: expected `and`, `or`, `if`, `unless`, `with`, `without` or `)`, but found `&&`
          | (a && b)
          |    ^^
          help: did you mean `and`?
        1:10: expected one kind of operator, but found `or`
          | (a and b or c)
          |          ^^
          help: put a part in parentheses: `((a and b) or c)`
        1:9: expected `)`, as only `and`, `or` and `with` can be chained, but found `if`
          | (a if b if c)
          |         ^^
          help: put a part in parentheses: `((a and b) or c)`
        1:9: expected `else` only after one `if` or `unless`, but found `else`
          | (a or b else c)
          |         ^^^^
          help: put a part in parentheses: `((a and b) or c)`
        1:5: expected the end of the dependency, but found `b`
          | (a) b
          |     ^
        1:2: expected a package name, but found `)`
          | ()
          |  ^
        1:11: expected `and`, `or`, `if`, `unless`, `with`, `without` or `)`, but found `b`
          | (a >= and b)
          |           ^
        1:7: expected a version, but found `>`
          | (a => >
          |       ^
        ");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[ab()=<>1. ]{0,12}( and | or | if |)[ab() ]{0,6}") {
            if let Ok(dependency) = Dependency::parse(&text) {
                let again = Dependency::parse(&dependency.to_string()).unwrap();
                prop_assert_eq!(again.to_string(), dependency.to_string());
            }
        }
    }
}
