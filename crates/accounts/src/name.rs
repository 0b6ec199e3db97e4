//! The one rule of all names.

use unicode_normalization::UnicodeNormalization;

/// A name as it is kept: trimmed, in Unicode's form NFC, of 1 to `most_chars` characters, on one line. Nothing when the
/// text is not one.
#[must_use]
pub fn read_name(text: &str, most_chars: usize) -> Option<String> {
    let name: String = text.trim().nfc().collect();
    let is_name =
        (1..=most_chars).contains(&name.chars().count()) && !name.contains(char::is_control);
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::trimmed(" Ada Lovelace ", Some("Ada Lovelace"))]
    #[case::composed("Zoe\u{308}", Some("Zo\u{eb}"))]
    #[case::another_script("王小明", Some("王小明"))]
    #[case::empty("", None)]
    #[case::blank("  \n ", None)]
    #[case::two_lines("Ada\nLovelace", None)]
    #[case::nul("Ada\0", None)]
    fn a_name_is_one_line(#[case] typed: &str, #[case] name: Option<&str>) {
        assert_eq!(read_name(typed, 100).as_deref(), name);
    }

    #[test]
    fn a_name_has_no_more_characters_than_it_may_have() {
        assert!(read_name(&"é".repeat(100), 100).is_some());
        assert_eq!(read_name(&"é".repeat(101), 100), None);
    }
}
