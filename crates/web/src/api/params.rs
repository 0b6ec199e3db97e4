//! What a call says: a JSON object in the body, or the query.

use model::{Permission, Permissions, UnixMs};
use serde_json::{Map, Value};

use crate::Fault;

/// The fields of a call.
#[derive(Debug, Clone, Default)]
pub struct Params {
    fields: Map<String, Value>,
    /// Whether numbers are texts of digits.
    is_query: bool,
}

impl Params {
    /// What a JSON object says.
    pub(crate) const fn of_body(fields: Map<String, Value>) -> Self {
        Self { fields, is_query: false }
    }

    /// What a query says.
    pub(crate) const fn of_query(fields: Map<String, Value>) -> Self {
        Self { fields, is_query: true }
    }

    fn get(&self, field: &str) -> Option<&Value> {
        self.fields.get(field).filter(|value| !value.is_null())
    }

    /// Whether the field is there, null included.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }

    /// A text that may be absent.
    pub fn text(&self, field: &str) -> Result<Option<&str>, Fault> {
        self.get(field)
            .map(|value| {
                value
                    .as_str()
                    .ok_or_else(|| Fault::invalid(field, format!("{field} must be a string.")))
            })
            .transpose()
    }

    /// A text that must be there and not be empty.
    pub fn required_text(&self, field: &str) -> Result<&str, Fault> {
        self.text(field)?
            .filter(|text| !text.trim().is_empty())
            .ok_or_else(|| Fault::required(field))
    }

    /// A list of texts that may be absent.
    pub fn texts(&self, field: &str) -> Result<Option<Vec<String>>, Fault> {
        let invalid = || Fault::invalid(field, format!("{field} must be an array of strings."));
        self.get(field)
            .map(|value| {
                let list = value.as_array().ok_or_else(invalid)?;
                list.iter()
                    .map(|item| item.as_str().map(str::to_owned).ok_or_else(invalid))
                    .collect()
            })
            .transpose()
    }

    /// A list of texts that must be there.
    pub fn required_texts(&self, field: &str) -> Result<Vec<String>, Fault> {
        self.texts(field)?.ok_or_else(|| Fault::required(field))
    }

    /// A list of permission keys that may be absent.
    pub fn permissions(&self, field: &str) -> Result<Option<Permissions>, Fault> {
        let unknown = || {
            let keys = "permission keys; GET /api/permissions has them all";
            Fault::invalid(field, format!("{field} must list {keys}."))
        };
        let read = |key: &String| Permission::from_key(key).ok_or_else(unknown);
        self.texts(field)?.map(|keys| keys.iter().map(read).collect()).transpose()
    }

    /// Yes or no, or absent.
    pub fn flag(&self, field: &str) -> Result<Option<bool>, Fault> {
        self.get(field)
            .map(|value| {
                value
                    .as_bool()
                    .ok_or_else(|| Fault::invalid(field, format!("{field} must be true or false.")))
            })
            .transpose()
    }

    /// A whole number that may be absent. In a query it is a text of digits; in a body 200.0 is one as well
    /// (JSON Schema Validation 2020-12, section 6.1.1).
    pub fn integer(&self, field: &str) -> Result<Option<i64>, Fault> {
        self.get(field)
            .map(|value| {
                let read = if self.is_query {
                    value.as_str().and_then(|digits| digits.parse().ok())
                } else {
                    value.as_i64().or_else(|| value.as_f64()?.to_string().parse().ok())
                };
                read.ok_or_else(|| {
                    Fault::invalid(field, format!("{field} must be a whole number."))
                })
            })
            .transpose()
    }

    /// A moment in RFC 3339 that may be absent.
    pub fn moment(&self, field: &str) -> Result<Option<UnixMs>, Fault> {
        self.text(field)?
            .map(|text| {
                UnixMs::parse_rfc3339(text).ok_or_else(|| {
                    Fault::invalid(field, format!("{field} must be an RFC 3339 time with a zone."))
                })
            })
            .transpose()
    }

    /// One word of a fixed list, or absent.
    pub fn word<T>(
        &self,
        field: &str,
        read: impl Fn(&str) -> Option<T>,
        words: &str,
    ) -> Result<Option<T>, Fault> {
        self.text(field)?
            .map(|text| {
                read(text).ok_or_else(|| {
                    Fault::invalid(field, format!("{field} must be one of {words}."))
                })
            })
            .transpose()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Params;

    #[test]
    fn a_whole_number_in_a_body_is_one_however_it_is_written() {
        let read = |value| {
            let fields = [("limit".to_owned(), value)].into_iter().collect();
            Params::of_body(fields).integer("limit").ok().flatten()
        };
        for (value, number) in [(json!(200), 200), (json!(200.0), 200), (json!(-0.0), 0)] {
            assert_eq!(read(value), Some(number));
        }
        for value in [json!(200.5), json!(1e300), json!("200"), json!(true)] {
            assert_eq!(read(value), None);
        }
    }
}
