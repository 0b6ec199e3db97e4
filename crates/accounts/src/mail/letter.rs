//! One description of a mail, written out as text and as HTML, so that both say the same.

use std::fmt;

use html_escape::{encode_double_quoted_attribute as attribute, encode_text as html};

use crate::Email;

/// A mail, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    to: Email,
    subject: String,
    link: Option<String>,
    text: String,
    html: String,
    concern: Concern,
}

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Concern {
    /// Someone's account: without this mail they may not get in.
    Account,
    /// A workspace: whoever had it sent can send it again.
    Team,
}

impl Mail {
    /// Whom it is for.
    #[must_use]
    pub const fn to(&self) -> &Email {
        &self.to
    }

    /// What it is about, on one line.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Where its button leads.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    pub(super) const fn concern(&self) -> Concern {
        self.concern
    }

    /// The form without markup.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The form as a whole HTML document.
    #[must_use]
    pub fn html(&self) -> &str {
        &self.html
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mail(…)")
    }
}

/// What a mail says, before it has a form.
pub(super) struct Letter<'a> {
    pub concern: Concern,
    pub subject: String,
    pub paragraphs: Vec<String>,
    /// The one thing to do: its name, and where.
    pub button: Option<(&'static str, &'a str)>,
    /// For how long the link works, and what to do when one did not ask for it.
    pub small_print: Vec<String>,
    /// The address of this instance, as people see it.
    pub instance: &'a str,
}

const GREETING: &str = "Hello,";
/// Not every mail program shows buttons, and whoever is careful copies the address.
const ABOVE_LINK: &str = "Or open this address in a browser:";

/// No text colour and no background, so that each mail program can make it dark; the button brings both.
const BODY: &str =
    "margin:0;padding:24px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif";
const BUTTON: &str = "display:inline-block;padding:10px 20px;border-radius:8px;background:#2b5fd9;color:#ffffff;\
                      font-weight:600;text-decoration:none";

impl Letter<'_> {
    /// Writes it to `to`.
    pub fn to(self, to: Email) -> Mail {
        let subject = one_line(&self.subject);
        Mail {
            text: self.text(),
            html: self.html(&subject),
            link: self.button.map(|(_, link)| link.to_owned()),
            concern: self.concern,
            to,
            subject,
        }
    }

    fn text(&self) -> String {
        let mut parts = vec![GREETING.to_owned()];
        parts.extend(self.paragraphs.iter().map(|text| one_line(text)));
        parts.extend(self.button.map(|(name, link)| format!("{name}:\n{link}")));
        parts.extend(self.small_print.iter().map(|text| one_line(text)));
        parts.push(self.signature());
        parts.join("\n\n") + "\n"
    }

    fn html(&self, subject: &str) -> String {
        let mut parts = vec![paragraph(GREETING)];
        parts.extend(self.paragraphs.iter().map(|text| paragraph(text)));
        parts.extend(self.button.map(|(name, link)| button(name, link)));
        parts.extend(self.small_print.iter().map(|text| small(text)));
        parts.push(format!("<hr>\n{}", small(&self.signature())));
        document(subject, &parts.join("\n"))
    }

    fn signature(&self) -> String {
        format!("Sent by Tiny at {}", self.instance)
    }
}

fn document(title: &str, body: &str) -> String {
    let title = html(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n</head>\n\
         <body style=\"{BODY}\">\n<div style=\"max-width:36em;margin:0 auto\">\n{body}\n</div>\n</body>\n</html>\n"
    )
}

fn paragraph(text: &str) -> String {
    format!("<p>{}</p>", html(&one_line(text)))
}

fn small(text: &str) -> String {
    format!("<p style=\"font-size:14px\">{}</p>", html(&one_line(text)))
}

fn button(name: &str, link: &str) -> String {
    format!(
        "<p><a href=\"{}\" style=\"{BUTTON}\">{}</a></p>\n\
         <p style=\"font-size:14px;word-break:break-all\">{ABOVE_LINK}<br>{}</p>",
        attribute(link),
        html(name),
        html(link)
    )
}

/// Names of people and workspaces end up in subjects and sentences: nothing in them may begin a line of its own,
/// which in the head of a mail would be another header, or turn the direction of what follows.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if breaks_line(c) { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Control characters, the line and paragraph separators, and those of Unicode's bidirectional algorithm
/// (UAX #9, section 2).
fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::lines("Acme\r\nBcc: eve@example.com", "Acme Bcc: eve@example.com")]
    #[case::separators("Acme\u{2028}Inc\u{2029}", "Acme Inc")]
    #[case::turned("Acme \u{202e}gpj.exe", "Acme gpj.exe")]
    #[case::nul("Acme\0", "Acme")]
    #[case::another_script("王小明 שלום", "王小明 שלום")]
    fn a_name_stays_on_its_line(#[case] name: &str, #[case] line: &str) {
        assert_eq!(one_line(name), line);
    }
}
