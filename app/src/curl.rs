//! An attempt as a shell command that sends the same request again.

use std::fmt::Write;

use model::{
    Code,
    wire::{attempts::Attempt, sources::Source},
};

/// The command. A body that is not text is sent from base 64, so the same bytes leave the shell.
#[must_use]
pub fn command(base_url: &str, source: Option<&Source>, attempt: &Attempt) -> String {
    let row = &attempt.row;
    let present_key = source.map(|source| source.public_key.as_str());
    let key = attempt.public_key.as_deref().or(present_key).unwrap_or_default();
    let mut command = String::new();
    let is_text = !attempt.raw.contains(char::REPLACEMENT_CHARACTER) && !attempt.raw.contains('\0');
    if !is_text {
        let _ = write!(command, "printf %s {} | base64 -d | ", quoted(&attempt.raw_base64));
    }
    let url = format!("{base_url}/api/ingest/v2/{key}/{}", row.kind.as_str());
    let _ = write!(command, "curl -i {}", quoted(&url));
    for header in headers(attempt) {
        let _ = write!(command, " \\\n  -H {}", quoted(&header));
    }
    let body = if is_text { quoted(&attempt.raw) } else { "@-".to_owned() };
    let _ = write!(command, " \\\n  --data-binary {body}");
    command
}

/// The headers that the checks look at, as they were sent.
fn headers(attempt: &Attempt) -> Vec<String> {
    let media = match &attempt.content_type {
        Some(media) => format!("Content-Type: {media}"),
        None if is_without_media_type(attempt) => "Content-Type:".to_owned(),
        None => "Content-Type: application/json".to_owned(),
    };
    let encoding = attempt.content_encoding.as_ref();
    let encoding = encoding.map(|encoding| format!("Content-Encoding: {encoding}"));
    let origin = attempt.row.origin.as_ref().map(|origin| format!("Origin: {origin}"));
    [Some(media), encoding, origin].into_iter().flatten().collect()
}

/// Refused for a media type that it did not have. To curl, a header without a value means: leave it out.
fn is_without_media_type(attempt: &Attempt) -> bool {
    attempt.row.code.as_deref() == Some(Code::UnsupportedMediaType.as_str())
        && attempt.content_encoding.is_none()
}

/// A word of a POSIX shell, whatever is in it.
pub fn quoted(text: &str) -> String {
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
