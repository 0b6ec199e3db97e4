//! Numbers, sizes and times as people read them. Without a clock: the present moment is passed in.

/// A number with separators: `12,340`.
#[must_use]
pub fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with its noun: `1 event`, `3 events`.
#[must_use]
pub fn count(number: i64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(number))
}

/// An amount in the smallest unit of its currency, by its three letters: `€9.00`, `¥1,200`, `12.50 CHF`.
#[must_use]
pub fn money(amount: i64, currency: &str) -> String {
    // As Stripe counts them (https://docs.stripe.com/currencies): ISK and UGX have no smaller unit either, but are sent with
    // two places.
    const WHOLE: [&str; 15] = [
        "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
        "xof", "xpf",
    ];
    const THOUSANDTHS: [&str; 5] = ["bhd", "jod", "kwd", "omr", "tnd"];
    let places: u32 = if WHOLE.contains(&currency) {
        0
    } else if THOUSANDTHS.contains(&currency) {
        3
    } else {
        2
    };
    let unit = 10_u64.pow(places);
    let (whole, rest) = (amount.unsigned_abs() / unit, amount.unsigned_abs() % unit);
    let whole = thousands(i64::try_from(whole).unwrap_or(i64::MAX));
    let number = match places {
        0 => whole,
        places => format!("{whole}.{rest:0width$}", width = places as usize),
    };
    let sign = if amount < 0 { "-" } else { "" };
    match currency {
        "eur" => format!("{sign}€{number}"),
        "usd" => format!("{sign}${number}"),
        "gbp" => format!("{sign}£{number}"),
        "jpy" => format!("{sign}¥{number}"),
        other => format!("{sign}{number} {}", other.to_ascii_uppercase()),
    }
}

/// The day of a moment in RFC 3339: `1 December 2026`.
#[must_use]
pub fn day(rfc3339: &str) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let part = |range| rfc3339.get(range).and_then(|text: &str| text.parse::<usize>().ok());
    let (year, month, day) = (part(0..4), part(5..7), part(8..10));
    let name = month.and_then(|month| month.checked_sub(1)).and_then(|month| MONTHS.get(month));
    match (year, name, day) {
        (Some(year), Some(name), Some(day)) => format!("{day} {name} {year}"),
        _ => rfc3339.to_owned(),
    }
}

/// A size in units of 1,024 bytes: `412 B`, `1.4 KB`, `64 KB`, `4 MB`.
#[must_use]
pub fn bytes(size: i64) -> String {
    const KB: i64 = 1024;
    if size < KB {
        return format!("{} B", thousands(size.max(0)));
    }
    let (unit, name) = if size < KB * KB { (KB, "KB") } else { (KB * KB, "MB") };
    // Rounded to tenths in whole numbers, so that 64 KB is not 64.0 KB.
    let tenths = (size.saturating_mul(10) + unit / 2) / unit;
    match tenths % 10 {
        0 => format!("{} {name}", thousands(tenths / 10)),
        rest => format!("{}.{rest} {name}", thousands(tenths / 10)),
    }
}

/// A span of microseconds: `412 µs`, `1.4 ms`, `2.1 s`.
#[must_use]
pub fn micros(span_us: i64) -> String {
    let (unit, name) = match span_us {
        ..1_000 => return format!("{} µs", span_us.max(0)),
        1_000..1_000_000 => (1_000, "ms"),
        _ => (1_000_000, "s"),
    };
    let tenths = span_us / (unit / 10);
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}

/// How long ago `at_ms` was: `now`, `5 s ago`, `4 min ago`, `2 h ago`, `3 d ago`.
#[must_use]
pub fn ago(now_ms: i64, at_ms: i64) -> String {
    let seconds = now_ms.saturating_sub(at_ms) / 1_000;
    match seconds {
        ..1 => "now".to_owned(),
        1..60 => format!("{seconds} s ago"),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..86_400 => format!("{} h ago", seconds / 3_600),
        _ => format!("{} d ago", thousands(seconds / 86_400)),
    }
}

/// How long to wait, rounded up: `40 s`, `5 min`, `23 h`.
#[must_use]
pub fn wait(seconds: u64) -> String {
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h", seconds.div_ceil(3_600)),
    }
}

/// A span of whole days: `7 days`.
#[must_use]
pub fn days(span_ms: i64) -> String {
    count(span_ms / (24 * 60 * 60_000), "day")
}

/// What stands before the text of a cell, so that no spreadsheet takes it for a formula.
#[must_use]
pub fn formula_guard(cell: &str) -> &'static str {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" }
}

/// RFC 3339 in UTC as a person reads it: `2026-11-21 19:42:07.118 UTC`.
#[must_use]
pub fn exact(rfc3339: &str) -> String {
    match rfc3339.strip_suffix('Z') {
        Some(moment) => format!("{} UTC", moment.replace('T', " ")),
        None => rfc3339.to_owned(),
    }
}

/// A moment to the minute: `2026-04-10 13:45 UTC`.
#[must_use]
pub fn to_the_minute(rfc3339: &str) -> String {
    let minute: String = rfc3339.chars().take(16).collect();
    format!("{} UTC", minute.replace('T', " "))
}

/// A rate limit: `6,000/min`, `no limit` for 0.
#[must_use]
pub fn per_minute(rate: i64) -> String {
    if rate == 0 { "no limit".to_owned() } else { format!("{}/min", thousands(rate)) }
}

/// An id or key with its middle left out: `attempt_01K…9QF`.
#[must_use]
pub fn short_id(id: &str) -> String {
    let after_prefix = id.find('_').map_or(0, |place| place + 1);
    let (head, tail) = (after_prefix + 3, 4);
    match (id.get(..head), id.len().checked_sub(tail).and_then(|from| id.get(from..))) {
        (Some(start), Some(end)) if id.len() > head + tail + 1 => format!("{start}…{end}"),
        _ => id.to_owned(),
    }
}

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Words(String),
    /// An origin, a code or an id: shown in the mono face.
    Code(String),
}

/// Cuts a sentence into words and what belongs in the mono face: addresses, codes, text in backticks. A time in
/// RFC 3339 becomes one that people read.
#[must_use]
pub fn pieces(sentence: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut words = String::new();
    for token in sentence.split_inclusive(' ') {
        let bare = token.trim_matches([' ', '.', ',', ';', ':', '(', ')', '?']);
        if is_moment(bare) {
            words.push_str(&token.replace(bare, &exact(bare)));
            continue;
        }
        if !is_code(bare) {
            words.push_str(token);
            continue;
        }
        let start = token.find(bare).unwrap_or_default();
        words.push_str(&token[..start]);
        if !words.is_empty() {
            pieces.push(Piece::Words(std::mem::take(&mut words)));
        }
        pieces.push(Piece::Code(bare.trim_matches('`').to_owned()));
        words.push_str(&token[start + bare.len()..]);
    }
    if !words.is_empty() {
        pieces.push(Piece::Words(words));
    }
    pieces
}

/// Whether a token is a time such as `2026-11-21T19:42:07.118Z`.
fn is_moment(token: &str) -> bool {
    let has = |place: usize, letter: u8| token.as_bytes().get(place) == Some(&letter);
    let is_long_enough = token.len() >= "2026-11-21T19:42:07Z".len();
    is_long_enough && has(4, b'-') && has(10, b'T') && has(13, b':') && token.ends_with('Z')
}

fn is_code(token: &str) -> bool {
    let is_quoted = token.len() > 2 && token.starts_with('`') && token.ends_with('`');
    is_quoted
        || token.starts_with("http://")
        || token.starts_with("https://")
        || (token.contains('_') && token.len() > 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_separators() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(12_340), "12,340");
        assert_eq!(thousands(-1_000_000), "-1,000,000");
        assert_eq!(count(1, "event"), "1 event");
        assert_eq!(count(2_000, "event"), "2,000 events");
    }

    #[test]
    fn money_has_as_many_places_as_its_currency() {
        assert_eq!(money(900, "eur"), "€9.00");
        assert_eq!(money(-123_456, "usd"), "-$1,234.56");
        assert_eq!(money(1_200, "jpy"), "¥1,200");
        assert_eq!(money(5, "chf"), "0.05 CHF");
        assert_eq!(money(1_500, "kwd"), "1.500 KWD");
        assert_eq!(money(0, "eur"), "€0.00");
        assert_eq!((money(500, "ugx"), money(500, "isk")), ("5.00 UGX".into(), "5.00 ISK".into()));
    }

    #[test]
    fn a_day_is_written_out() {
        assert_eq!(day("2026-12-01T09:00:00.000Z"), "1 December 2026");
        assert_eq!(day("soon"), "soon");
    }

    #[test]
    fn sizes_and_spans_keep_one_decimal_that_says_something() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(1_023), "1,023 B");
        assert_eq!(bytes(1_434), "1.4 KB");
        assert_eq!(bytes(65_536), "64 KB");
        assert_eq!(bytes(4 * 1024 * 1024), "4 MB");
        assert_eq!(micros(412), "412 µs");
        assert_eq!(micros(1_449), "1.4 ms");
        assert_eq!(micros(2_100_000), "2.1 s");
    }

    #[test]
    fn a_moment_is_told_by_its_distance() {
        let now = 1_000_000_000;
        assert_eq!(ago(now, now + 5_000), "now");
        assert_eq!(ago(now, now - 999), "now");
        assert_eq!(ago(now, now - 59_999), "59 s ago");
        assert_eq!(ago(now, now - 60_000), "1 min ago");
        assert_eq!(ago(now, now - 7_200_000), "2 h ago");
        assert_eq!(ago(now, now - 3 * 86_400_000), "3 d ago");
        assert_eq!(exact("2026-11-21T19:42:07.118Z"), "2026-11-21 19:42:07.118 UTC");
        assert_eq!(exact("not a time"), "not a time");
    }

    #[test]
    fn a_wait_is_never_told_too_short() {
        assert_eq!(wait(1), "1 s");
        assert_eq!(wait(61), "2 min");
        assert_eq!(wait(82_801), "24 h");
        assert_eq!(days(7 * 86_400_000), "7 days");
    }

    #[test]
    fn a_long_id_keeps_its_prefix_and_its_end() {
        assert_eq!(short_id("attempt_01KNVTBMZSE3SA8C34PF9TS55F"), "attempt_01K…S55F");
        assert_eq!(short_id("evt_1"), "evt_1");
        assert_eq!(short_id("é_ééééééééééééééé"), "é_ééééééééééééééé");
    }

    #[test]
    fn origins_and_codes_stand_apart_from_their_sentence() {
        let code = |text: &str| Piece::Code(text.to_owned());
        let words = |text: &str| Piece::Words(text.to_owned());
        assert_eq!(
            pieces("It ran at http://127.0.0.1:3000, not `x y`. See invalid_json."),
            [
                words("It ran at "),
                code("http://127.0.0.1:3000"),
                words(", not `x y`. See "),
                code("invalid_json"),
                words(".")
            ]
        );
        assert_eq!(pieces(""), []);
        assert_eq!(
            pieces("It was rotated at 2026-11-21T19:42:07.118Z. Use the new one."),
            [words("It was rotated at 2026-11-21 19:42:07.118 UTC. Use the new one.")]
        );
        assert_eq!(
            pieces("Send `sessionId` first"),
            [words("Send "), code("sessionId"), words(" first")]
        );
    }
}
