//! When a group of parameters is looked at.

use std::fmt;

/// The condition under which packstack looks at a group: it always holds, or one of several lists
/// of tests must hold whole.
///
/// ```
/// use ostack_core::parameter::Catalogue;
/// let group = Catalogue::of("victoria")?.group("NEUTRON_OVN_AGENT").unwrap();
/// assert_eq!(
///     group.when.to_string(),
///     "CONFIG_NEUTRON_INSTALL == y and CONFIG_NEUTRON_L2_AGENT == ovn"
/// );
/// # Ok::<(), ostack_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The group is always looked at.
    Always,
    /// Not known: packstack asks the machine, or computes it (before juno only).
    Unknown,
    /// One of the lists must hold whole.
    AnyOf(Vec<Vec<Test>>),
}

/// A test on the value of one parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// The parameter.
    pub param: String,
    /// How its value is held against `value`.
    pub op: Op,
    /// What it is held against; empty for [`Op::Set`] and [`Op::Empty`].
    pub value: String,
}

/// How a value is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// It is exactly that.
    Equal,
    /// It is anything else.
    NotEqual,
    /// That is a part of its text.
    Contains,
    /// That is no part of its text.
    Lacks,
    /// It is not empty.
    Set,
    /// It is empty.
    Empty,
}

impl Op {
    const ALL: [(Self, &str); 6] = [
        (Self::Equal, "=="),
        (Self::NotEqual, "!="),
        (Self::Contains, "contains"),
        (Self::Lacks, "lacks"),
        (Self::Set, "is set"),
        (Self::Empty, "is empty"),
    ];
}

impl Test {
    /// Whether a value passes.
    ///
    /// ```
    /// use ostack_core::parameter::{Op, Test};
    /// let test = Test { param: "CONFIG_X".into(), op: Op::Contains, value: "lvm".into() };
    /// assert!(test.holds("nfs,lvm"));
    /// ```
    pub fn holds(&self, value: &str) -> bool {
        match self.op {
            Op::Equal => value == self.value,
            Op::NotEqual => value != self.value,
            Op::Contains => value.contains(&self.value),
            Op::Lacks => !value.contains(&self.value),
            Op::Set => !value.is_empty(),
            Op::Empty => value.is_empty(),
        }
    }
}

impl Condition {
    /// Reads a condition as the data files write it; `None` where it is not one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "always" => return Some(Self::Always),
            "unknown" => return Some(Self::Unknown),
            _ => {}
        }
        let test = |text: &str| {
            let (param, rest) = text.split_once(' ')?;
            Op::ALL.iter().find_map(|(op, sign)| {
                let value = rest.strip_prefix(sign)?.trim_start();
                let needs_value = !matches!(op, Op::Set | Op::Empty);
                (value.is_empty() != needs_value).then(|| Test {
                    param: param.into(),
                    op: *op,
                    value: value.into(),
                })
            })
        };
        let all = |text: &str| text.split(" and ").map(test).collect::<Option<Vec<_>>>();
        text.split(" or ").map(all).collect::<Option<Vec<_>>>().map(Self::AnyOf)
    }

    /// The single parameter and value that the condition compares, where it is only that.
    pub(crate) fn single(&self) -> Option<&Test> {
        let Self::AnyOf(lists) = self else {
            return None;
        };
        let [list] = lists.as_slice() else {
            return None;
        };
        let [test] = list.as_slice() else { return None };
        (test.op == Op::Equal).then_some(test)
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = Op::ALL.iter().find(|(op, _)| *op == self.op).map_or("", |(_, sign)| sign);
        write!(f, "{} {sign}", self.param)?;
        if self.value.is_empty() { Ok(()) } else { write!(f, " {}", self.value) }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = match self {
            Self::Always => return f.write_str("always"),
            Self::Unknown => return f.write_str("unknown"),
            Self::AnyOf(lists) => lists,
        };
        let all =
            |tests: &Vec<Test>| tests.iter().map(Test::to_string).collect::<Vec<_>>().join(" and ");
        f.write_str(&lists.iter().map(all).collect::<Vec<_>>().join(" or "))
    }
}
