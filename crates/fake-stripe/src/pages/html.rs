//! The frame of every page, and text that stays text.

use std::borrow::Cow;

/// A piece of a page.
pub(super) struct Markup(pub String);

/// A text as it is shown, in an element or a quoted attribute.
pub(super) fn text(raw: &str) -> Cow<'_, str> {
    html_escape::encode_quoted_attribute(raw)
}

/// A whole page. `class` is that of its main part.
pub(super) fn document(title: &str, class: &str, body: &[Markup]) -> String {
    let body: String = body.iter().map(|piece| piece.0.as_str()).collect();
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{}</title><link rel=\"stylesheet\" href=\"/style.css\"><link rel=\"icon\" href=\"data:,\"></head>\
         <body><header class=\"top\">Fake Stripe <span>no money moves here</span></header>\
         <main class=\"{class}\">{body}</main></body></html>",
        text(title),
    )
}

/// A form with one button and hidden fields.
pub(super) fn button(action: &str, label: &str, fields: &[(&str, &str)]) -> String {
    let field = |(name, value): &(&str, &str)| {
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", text(value))
    };
    let hidden = fields.iter().map(field).collect::<Vec<_>>().concat();
    format!(
        "<form method=\"post\" action=\"{}\">{hidden}<button>{}</button></form>",
        text(action),
        text(label),
    )
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn no_text_is_read_as_markup() {
        assert_eq!(text("<b a=\"1\">&"), "&lt;b a=&quot;1&quot;&gt;&amp;");
    }
}
