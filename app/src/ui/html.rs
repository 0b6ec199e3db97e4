//! Text inside HTML that is written by hand, where a view would be too slow or too deep.

/// Adds `text` so that the browser reads it as that very text, in an element or a quoted attribute.
pub(crate) fn push_escaped(html: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            // A null or an escape character is no HTML text; what stands for it is visible.
            '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' => html.push('\u{fffd}'),
            other => html.push(other),
        }
    }
}

/// The same as [`push_escaped`], as a text of its own.
pub(crate) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    push_escaped(&mut html, text);
    html
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_in_a_text_is_read_as_markup() {
        assert_eq!(escaped("<b a='1' c=\"2\">&"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;");
        assert_eq!(escaped("a\u{0}b\n"), "a\u{fffd}b\n");
    }
}
