//! JSON that keeps the order in which it was written down, as AWS's services do.

use super::pack::json_text;
use std::fmt;

#[derive(Clone, Debug)]
pub(super) enum J {
    Null,
    Bool(bool),
    Int(i64),
    /// Written as it stands.
    Number(&'static str),
    Text(String),
    List(Vec<J>),
    Object(Vec<(&'static str, J)>),
}

impl J {
    /// The text at a key of an object.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        let J::Object(members) = self else { return None };
        members.iter().find_map(|(name, value)| match value {
            J::Text(text) if *name == key => Some(text.as_str()),
            _ => None,
        })
    }
}

impl From<&str> for J {
    fn from(text: &str) -> Self {
        J::Text(text.to_owned())
    }
}

impl From<String> for J {
    fn from(text: String) -> Self {
        J::Text(text)
    }
}

impl From<i64> for J {
    fn from(number: i64) -> Self {
        J::Int(number)
    }
}

impl From<bool> for J {
    fn from(value: bool) -> Self {
        J::Bool(value)
    }
}

/// `object([("name", value.into()), ...])`
pub(super) fn object<const N: usize>(members: [(&'static str, J); N]) -> J {
    J::Object(members.into_iter().collect())
}

impl fmt::Display for J {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            J::Null => f.write_str("null"),
            J::Bool(value) => write!(f, "{value}"),
            J::Int(number) => write!(f, "{number}"),
            J::Number(number) => f.write_str(number),
            J::Text(text) => f.write_str(&json_text(text)),
            J::List(values) => {
                f.write_str("[")?;
                for (n, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if n == 0 { "" } else { "," })?;
                }
                f.write_str("]")
            }
            J::Object(members) => {
                f.write_str("{")?;
                for (n, (name, value)) in members.iter().enumerate() {
                    write!(f, "{}\"{name}\":{value}", if n == 0 { "" } else { "," })?;
                }
                f.write_str("}")
            }
        }
    }
}
