//! One value, written as a literal of another language.

/// A JavaScript string literal that may also stand inside a `<script>`: no `<` ends the element or begins a
/// comment in it.
pub(super) fn js(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('<', "\\u003c")
}

/// The inside of a JavaScript template literal.
pub(super) fn js_template(code: &str) -> String {
    code.replace('\\', "\\\\").replace('`', "\\`").replace("${", "\\${")
}

/// The inside of an HTML attribute in double quotes.
pub(super) fn html_attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

/// One word of a POSIX shell.
pub(super) fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Markdown text that shows as it is written.
pub(super) fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '&' | '#' | '!') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_ends_its_literal() {
        assert_eq!(js(r#"a"b\c</script>"#), r#""a\"b\\c\u003c/script>""#);
        assert_eq!(js_template(r"`${a}\"), r"\`\${a}\\");
        assert_eq!(html_attribute(r#"a"b<&"#), "a&quot;b&lt;&amp;");
        assert_eq!(shell("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(markdown("[a](b) *c* `d`"), r"\[a\](b) \*c\* \`d\`");
    }
}
