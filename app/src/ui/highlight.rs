//! Colours for snippets: strings, tags and a few words, enough to find one's way in twenty lines.

use super::html::push_escaped;

/// What the code is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// No colours.
    Plain,
    /// HTML and JavaScript, JSX among them.
    Web,
    /// A shell command.
    Shell,
}

const KEYWORDS: [&str; 14] = [
    "import", "from", "export", "default", "function", "return", "const", "let", "async", "await",
    "new", "if", "true", "false",
];

/// The code as HTML that says the very same characters.
pub(crate) fn html(code: &str, language: Language) -> String {
    let mut html = String::with_capacity(code.len() * 2);
    if language == Language::Plain {
        push_escaped(&mut html, code);
        return html;
    }
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let (class, length) = token(rest, first, language);
        let (text, after) = rest.split_at(length);
        match class {
            Some(class) => {
                html.push_str("<span class=\"");
                html.push_str(class);
                html.push_str("\">");
                push_escaped(&mut html, text);
                html.push_str("</span>");
            }
            None => push_escaped(&mut html, text),
        }
        rest = after;
    }
    html
}

/// The class and the length in bytes of the token that `rest` begins with.
fn token(rest: &str, first: char, language: Language) -> (Option<&'static str>, usize) {
    let is_comment = match language {
        Language::Plain => false,
        Language::Web => rest.starts_with("// "),
        Language::Shell => rest.starts_with("# "),
    };
    if is_comment {
        return (Some("dim"), rest.find('\n').unwrap_or(rest.len()));
    }
    match first {
        '"' | '\'' | '`' => match string_length(rest, first, language) {
            Some(length) => (Some("str"), length),
            None => (None, 1),
        },
        '<' if language == Language::Web => {
            let name =
                |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '<' | '/' | '.');
            let length = run_length(rest, name);
            if length > 1 { (Some("key"), length) } else { (None, 1) }
        }
        letter if letter.is_alphabetic() || letter == '_' => {
            let length = run_length(rest, |letter| letter.is_alphanumeric() || letter == '_');
            let is_keyword = language == Language::Web && KEYWORDS.contains(&&rest[..length]);
            let is_command = language == Language::Shell && &rest[..length] == "curl";
            ((is_keyword || is_command).then_some("key"), length)
        }
        letter => (None, letter.len_utf8()),
    }
}

/// From the quote to its partner. On the web only template strings pass lines: any other quote without a
/// partner on its line is an apostrophe.
fn string_length(rest: &str, quote: char, language: Language) -> Option<usize> {
    let mut is_escaped = false;
    for (place, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '\n' if language == Language::Web && quote != '`' => return None,
            letter if letter == quote => return Some(place + letter.len_utf8()),
            _ => {}
        }
    }
    None
}

fn run_length(rest: &str, is_part: impl Fn(char) -> bool) -> usize {
    rest.find(|letter| !is_part(letter)).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_tags_and_words_are_marked_and_all_is_escaped() {
        assert_eq!(
            html("<script>f(\"a<b\")</script>", Language::Web),
            "<span class=\"key\">&lt;script</span>&gt;f(<span class=\"str\">&quot;a&lt;b&quot;</span>)\
             <span class=\"key\">&lt;/script</span>&gt;"
        );
        assert_eq!(html("<b>&", Language::Plain), "&lt;b&gt;&amp;");
        assert_eq!(
            html("curl -d 'x'", Language::Shell),
            "<span class=\"key\">curl</span> -d <span class=\"str\">&#39;x&#39;</span>"
        );
    }

    #[test]
    fn an_apostrophe_in_a_comment_begins_no_string() {
        assert_eq!(
            html("// React's\nf('x')", Language::Web),
            "<span class=\"dim\">// React&#39;s</span>\nf(<span class=\"str\">&#39;x&#39;</span>)"
        );
    }

    #[test]
    fn an_apostrophe_colours_nothing() {
        assert_eq!(
            html("it's\n'x'", Language::Web),
            "it&#39;s\n<span class=\"str\">&#39;x&#39;</span>"
        );
    }

    #[test]
    fn every_text_comes_to_its_end() {
        for text in ["", "'", "\"\\", "é\"é", "<", "a < b", "`x\ny`"] {
            for language in [Language::Plain, Language::Web, Language::Shell] {
                let html = html(text, language);
                assert!(text.is_empty() || !html.is_empty());
            }
        }
    }
}
