//! Plain text in columns that is Markdown too, and how numbers look in it.

use std::time::Duration;

/// All rows under their headings, in columns of equal width.
pub fn table<const COLUMNS: usize>(
    columns: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    let mut lines = vec![columns.map(str::to_owned)];
    lines.extend(rows);
    let widths: [usize; COLUMNS] = std::array::from_fn(|column| {
        let widths = lines.iter().map(|cells| cells[column].chars().count());
        widths.max().unwrap_or_default().max(2)
    });
    lines.insert(1, widths.map(|width| "-".repeat(width - 1) + ":"));
    let line = |cells: &[String; COLUMNS]| {
        let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:>width$}"));
        format!("| {} |\n", padded.collect::<Vec<_>>().join(" | "))
    };
    lines.iter().map(line).collect()
}

/// A count to reckon with.
#[expect(clippy::cast_precision_loss, reason = "counts of a benchmark stay far below 2^52")]
#[must_use]
pub fn real(count: usize) -> f64 {
    count as f64
}

/// To the whole number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate is not negative and far below 2^52"
)]
#[must_use]
pub fn per_second(count: f64, seconds: f64) -> u64 {
    (count / seconds).round() as u64
}

/// With one decimal.
#[must_use]
pub fn megabytes(bytes: u64) -> String {
    let tenths = (bytes + 50_000) / 100_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// The number with commas between its thousands.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// With so many decimals.
#[must_use]
pub fn milliseconds(time: Duration, decimals: usize) -> String {
    format!("{:.decimals$}", time.as_secs_f64() * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_as_wide_as_the_first() {
        let rows = [["1".to_owned(), "×".to_owned()], ["1,234,567".to_owned(), String::new()]];
        let table = table(["events", "a"], rows);
        let widths: Vec<usize> = table.lines().map(|line| line.chars().count()).collect();
        assert_eq!(widths, [18; 4], "{table}");
        assert!(table.starts_with("|    events |"), "{table}");
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(["0", "999", "1,000", "1,234,567"], [0, 999, 1_000, 1_234_567].map(grouped));
    }
}
