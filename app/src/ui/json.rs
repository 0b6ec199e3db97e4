//! JSON to read: laid out, coloured, folded and with differences marked, yet every token as it was sent.
//!
//! The order of keys, the digits of numbers, escapes and repeated keys are what a sender looks for, so the text
//! is cut into its own tokens instead of being parsed and written again.

use std::{collections::BTreeSet, fmt::Write as _};

use leptos::prelude::*;
use serde::de::IgnoredAny;

use super::html::push_escaped;

/// Texts longer than this are not laid out: a page of megabytes helps nobody.
const MOST_BYTES: usize = 128 * 1024;

/// Texts that nest deeper than this are not laid out.
const MOST_DEPTH: usize = 100;

/// Containers deeper than this are folded at first.
const OPEN_DEPTH: usize = 6;

/// Containers of plain values stand on one line up to this many bytes.
const LINE_BYTES: usize = 56;

/// The places (JSON pointers) that differ, in a text.
pub(crate) type Marks = BTreeSet<String>;

/// A JSON text as it is best read; any other text as it is.
#[component]
pub(crate) fn Json(
    text: String,
    marks: Marks,
    /// What it is, for screen readers.
    label: &'static str,
) -> impl IntoView {
    if let Some(html) = html(&text, &marks) {
        return view! { <div class="json" role="group" aria-label=label inner_html=html></div> }
            .into_any();
    }
    let (shown, is_whole) = beginning(&text);
    let shown = shown.to_owned();
    view! {
        <pre class="text" tabindex="0" role="group" aria-label=label><code>{shown}</code></pre>
        {(!is_whole).then(|| view! {
            <p class="note">"Only the beginning is shown. Copy takes the whole."</p>
        })}
    }
    .into_any()
}

fn beginning(text: &str) -> (&str, bool) {
    if text.len() <= MOST_BYTES {
        return (text, true);
    }
    (&text[..text.floor_char_boundary(MOST_BYTES)], false)
}

/// The text as HTML; `None` when it is not JSON, or too long to be laid out.
pub(crate) fn html(text: &str, marks: &Marks) -> Option<String> {
    if text.len() > MOST_BYTES {
        return None;
    }
    // Proves that it is JSON, which the reader below relies on, and keeps numbers of any size.
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    let (node, _) = Node::read(text, 0)?;
    let mut writer = Writer { html: String::with_capacity(text.len() * 3), marks };
    writer.line(None, &node, "", 0, "");
    Some(writer.html)
}

#[derive(Debug)]
enum Node<'a> {
    /// A value without parts, and its class.
    Leaf(&'static str, &'a str),
    /// `[…]`.
    List(Vec<Node<'a>>),
    /// `{…}`: keys as written, quotes included.
    Map(Vec<(&'a str, Node<'a>)>),
}

impl<'a> Node<'a> {
    /// Reads one value of valid JSON; gives it and what stands behind it, or nothing when it nests too deep.
    fn read(text: &'a str, depth: usize) -> Option<(Self, &'a str)> {
        if depth > MOST_DEPTH {
            return None;
        }
        let text = text.trim_start();
        let (first, inside) = text.split_at_checked(1)?;
        match first {
            "[" => {
                let mut items = Vec::new();
                let rest = sequence(inside, ']', |rest| {
                    let (item, rest) = Self::read(rest, depth + 1)?;
                    items.push(item);
                    Some(rest)
                })?;
                Some((Self::List(items), rest))
            }
            "{" => {
                let mut entries = Vec::new();
                let rest = sequence(inside, '}', |rest| {
                    let (key, rest) = string(rest)?;
                    let rest = rest.trim_start().strip_prefix(':')?;
                    let (value, rest) = Self::read(rest, depth + 1)?;
                    entries.push((key, value));
                    Some(rest)
                })?;
                Some((Self::Map(entries), rest))
            }
            "\"" => string(text).map(|(token, rest)| (Self::Leaf("str", token), rest)),
            _ => {
                let length =
                    text.find([',', ']', '}', ' ', '\n', '\r', '\t']).unwrap_or(text.len());
                let (token, rest) = text.split_at(length);
                let class = if token.starts_with(['t', 'f', 'n']) { "word" } else { "num" };
                Some((Self::Leaf(class, token), rest))
            }
        }
    }

    const fn brackets(&self) -> (char, char) {
        match self {
            Self::Map(_) => ('{', '}'),
            _ => ('[', ']'),
        }
    }

    /// How many parts it has, in words.
    fn parts(&self) -> String {
        match self {
            Self::Leaf(..) => String::new(),
            Self::List(items) => crate::format::count(length(items), "item"),
            Self::Map(entries) => crate::format::count(length(entries), "key"),
        }
    }

    /// Its size on one line, if it may stand on one: when no part has parts.
    fn line_bytes(&self) -> Option<usize> {
        let leaf = |node: &Self| match node {
            Self::Leaf(_, token) => Some(token.len() + 2),
            Self::List(items) if items.is_empty() => Some(4),
            Self::Map(entries) if entries.is_empty() => Some(4),
            _ => None,
        };
        match self {
            Self::Leaf(..) => leaf(self),
            Self::List(items) => items.iter().map(leaf).sum(),
            Self::Map(entries) => {
                entries.iter().map(|(key, node)| Some(leaf(node)? + key.len() + 2)).sum()
            }
        }
    }
}

fn length<T>(parts: &[T]) -> i64 {
    i64::try_from(parts.len()).unwrap_or(i64::MAX)
}

/// Reads parts between commas up to `close`; gives what stands behind it.
fn sequence<'a>(
    mut rest: &'a str,
    close: char,
    mut part: impl FnMut(&'a str) -> Option<&'a str>,
) -> Option<&'a str> {
    loop {
        rest = rest.trim_start().trim_start_matches(',').trim_start();
        if let Some(rest) = rest.strip_prefix(close) {
            return Some(rest);
        }
        rest = part(rest)?;
    }
}

/// Reads a string token, quotes included.
fn string(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let mut is_escaped = false;
    for (place, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return text.split_at_checked(place + 1),
            _ => {}
        }
    }
    None
}

struct Writer<'a> {
    html: String,
    marks: &'a Marks,
}

impl Writer<'_> {
    /// Writes a value on its line or lines; `after` is the comma that follows it, or nothing.
    fn line(&mut self, key: Option<&str>, node: &Node<'_>, path: &str, depth: usize, after: &str) {
        let is_marked = self.marks.contains(path);
        if self.fits_a_line(key, node, path) {
            self.html.push_str("<div class=\"ln\">");
            self.marked(is_marked, |writer| {
                writer.key(key);
                writer.inline(node);
            });
            self.html.push_str(after);
            self.html.push_str("</div>");
            return;
        }
        let (open, close) = node.brackets();
        self.html.push_str(if depth < OPEN_DEPTH { "<details open>" } else { "<details>" });
        self.html.push_str("<summary>");
        self.marked(is_marked, |writer| {
            writer.key(key);
            writer.html.push(open);
        });
        // Writing to a String cannot fail.
        let _ = write!(
            self.html,
            "<span class=\"fold\"> {} {close}{after}</span></summary>",
            node.parts()
        );
        self.html.push_str("<div class=\"in\">");
        self.parts(node, path, depth);
        let _ = write!(self.html, "</div></details><div class=\"ln close\">{close}{after}</div>");
    }

    fn parts(&mut self, node: &Node<'_>, path: &str, depth: usize) {
        match node {
            Node::Leaf(..) => {}
            Node::List(items) => {
                for (place, item) in items.iter().enumerate() {
                    let after = if place + 1 < items.len() { "," } else { "" };
                    self.line(None, item, &format!("{path}/{place}"), depth + 1, after);
                }
            }
            Node::Map(entries) => {
                for (place, (key, value)) in entries.iter().enumerate() {
                    let after = if place + 1 < entries.len() { "," } else { "" };
                    self.line(Some(key), value, &pointer(path, key), depth + 1, after);
                }
            }
        }
    }

    fn fits_a_line(&self, key: Option<&str>, node: &Node<'_>, path: &str) -> bool {
        let is_short = match node {
            Node::Leaf(..) => return true,
            _ => {
                node.line_bytes().is_some_and(|bytes| bytes + key.map_or(0, str::len) <= LINE_BYTES)
            }
        };
        // A mark on a part needs that part's own line.
        let inside = format!("{path}/");
        let has_mark =
            self.marks.range(inside.clone()..).next().is_some_and(|mark| mark.starts_with(&inside));
        is_short && !has_mark
    }

    fn inline(&mut self, node: &Node<'_>) {
        match node {
            Node::Leaf(class, token) => {
                let _ = write!(self.html, "<span class=\"{class}\">");
                push_escaped(&mut self.html, token);
                self.html.push_str("</span>");
            }
            Node::List(items) => {
                self.html.push('[');
                for (place, item) in items.iter().enumerate() {
                    self.html.push_str(if place > 0 { ", " } else { "" });
                    self.inline(item);
                }
                self.html.push(']');
            }
            Node::Map(entries) => {
                self.html.push_str(if entries.is_empty() { "{" } else { "{ " });
                for (place, (key, value)) in entries.iter().enumerate() {
                    self.html.push_str(if place > 0 { ", " } else { "" });
                    self.key(Some(key));
                    self.inline(value);
                }
                self.html.push_str(if entries.is_empty() { "}" } else { " }" });
            }
        }
    }

    fn key(&mut self, key: Option<&str>) {
        if let Some(key) = key {
            self.html.push_str("<span class=\"key\">");
            push_escaped(&mut self.html, key);
            self.html.push_str("</span>: ");
        }
    }

    fn marked(&mut self, is_marked: bool, write: impl FnOnce(&mut Self)) {
        self.html.push_str(if is_marked { "<mark>" } else { "" });
        write(self);
        self.html.push_str(if is_marked { "</mark>" } else { "" });
    }
}

/// The JSON pointer of a key (as written, with its quotes) under `path`.
fn pointer(path: &str, key: &str) -> String {
    let name = serde_json::from_str::<String>(key).unwrap_or_default();
    format!("{path}/{}", pointer_part(&name))
}

/// A key inside a JSON pointer (RFC 6901).
pub(crate) fn pointer_part(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        html(text, &Marks::new()).unwrap()
    }

    /// What a reader sees of the HTML: its text without the markup.
    fn seen(html: &str) -> String {
        let mut text = String::new();
        for piece in html.split('<') {
            text.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
        }
        text
    }

    #[test]
    fn nothing_in_a_value_or_key_is_read_as_markup() {
        let html = plain(r#"{"<img src=x>": "</div><script>alert('1')</script>", "a": "\"&"}"#);
        assert!(!html.contains("<img"));
        assert!(!html.contains("<script"));
        assert!(html.contains("&lt;/div&gt;&lt;script&gt;alert(&#39;1&#39;)"));
        assert!(html.contains(r"\&quot;&amp;"));
    }

    #[test]
    fn numbers_escapes_and_repeated_keys_stay_as_sent() {
        let html = plain(r#"{"a":1.0,"a":1e400,"b":12345678901234567890123,"c":"\u00e9"}"#);
        let text = seen(&html);
        for token in ["1.0", "1e400", "12345678901234567890123", r"\u00e9"] {
            assert!(text.contains(token), "{token} is not in {text}");
        }
        assert_eq!(text.matches("&quot;a&quot;").count(), 2);
    }

    #[test]
    fn short_containers_stand_on_one_line_and_long_ones_fold() {
        assert_eq!(
            plain(r#"{"a": [1, 2]}"#),
            "<details open><summary>{<span class=\"fold\"> 1 key }</span></summary><div class=\"in\">\
             <div class=\"ln\"><span class=\"key\">&quot;a&quot;</span>: [<span class=\"num\">1</span>, \
             <span class=\"num\">2</span>]</div></div></details><div class=\"ln close\">}</div>"
        );
        assert_eq!(seen(&plain("{}")), "{}");
        assert_eq!(seen(&plain("[]")), "[]");
    }

    #[test]
    fn a_mark_stands_on_its_own_line_only() {
        let marks = Marks::from(["/a/b".to_owned()]);
        let html = html(r#"{"a": {"b": 1, "c": 2}}"#, &marks).unwrap();
        assert_eq!(html.matches("<mark>").count(), 1);
        assert!(html.contains("<mark><span class=\"key\">&quot;b&quot;</span>: "));
    }

    #[test]
    fn what_is_not_json_is_not_laid_out() {
        for text in ["", "{", "{'a': 1}", "[1,]", "hello", "{\"a\": 1} x"] {
            assert_eq!(html(text, &Marks::new()), None, "{text}");
        }
        let deep = "[".repeat(5_000) + &"]".repeat(5_000);
        assert_eq!(html(&deep, &Marks::new()), None);
        assert_eq!(beginning(&"é".repeat(MOST_BYTES)).0.len(), MOST_BYTES);
    }
}
