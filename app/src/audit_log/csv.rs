//! The log as a table for other programs (RFC 4180).

use std::fmt::Write;

use model::wire::audit::AuditEntry;

use crate::format::formula_guard;

/// The first line.
pub(super) const HEAD: &str = "id,at,actor,action,subject,before,after,request,address\r\n";

/// The entries as lines of CSV, in the order given.
pub(super) fn lines(entries: &[AuditEntry]) -> String {
    let mut text = String::new();
    for entry in entries {
        let json = |value: &Option<serde_json::Value>| {
            value.as_ref().map(ToString::to_string).unwrap_or_default()
        };
        let actor = entry.actor.email.clone().unwrap_or_else(|| entry.actor.id.to_string());
        let cells = [
            entry.id.to_string(),
            entry.at.to_string(),
            actor,
            entry.action.clone(),
            entry.subject.clone(),
            json(&entry.before),
            json(&entry.after),
            entry.request_id.clone(),
            entry.address.clone().unwrap_or_default(),
        ];
        let _ = write!(text, "{}\r\n", cells.map(|cell| quoted(&cell)).join(","));
    }
    text
}

/// A cell that stays one, and that no spreadsheet takes for a formula.
fn quoted(cell: &str) -> String {
    format!("\"{}{}\"", formula_guard(cell), cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_cell_neither_ends_early_nor_calculates() {
        assert_eq!(quoted("a\"b,c"), "\"a\"\"b,c\"");
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"] {
            assert!(quoted(formula).starts_with("\"'"), "{formula}");
        }
        assert_eq!(quoted("2026-04-10"), "\"2026-04-10\"");
    }
}
