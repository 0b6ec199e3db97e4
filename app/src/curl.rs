//! An attempt as a shell command that sends the same request again.

use std::fmt::Write;

use model::wire::{attempts::Attempt, sources::Source};

/// The command. A body that is not text is sent from base 64, so the same bytes leave the shell.
#[must_use]
pub fn command(base_url: &str, source: Option<&Source>, attempt: &Attempt) -> String {
    let row = &attempt.row;
    let key = source.map_or("pk_", |source| source.public_key.as_str());
    let mut command = String::new();
    let is_text = !attempt.raw.contains(char::REPLACEMENT_CHARACTER) && !attempt.raw.contains('\0');
    if !is_text {
        let _ = write!(command, "printf %s {} | base64 -d | ", quoted(&attempt.raw_base64));
    }
    let url = format!("{base_url}/api/ingest/v2/{key}/{}", row.kind.as_str());
    let _ = write!(command, "curl -i {} \\\n  -H 'Content-Type: application/json'", quoted(&url));
    if let Some(origin) = &row.origin {
        let _ = write!(command, " \\\n  -H {}", quoted(&format!("Origin: {origin}")));
    }
    let body = if is_text { quoted(&attempt.raw) } else { "@-".to_owned() };
    let _ = write!(command, " \\\n  --data-binary {body}");
    command
}

/// A word of a POSIX shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_in_a_word_does_not_end_it() {
        assert_eq!(quoted("it's; rm -rf /"), r"'it'\''s; rm -rf /'");
    }
}
