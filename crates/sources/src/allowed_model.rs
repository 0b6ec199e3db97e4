//! The rule of who may send, told a second time in the simplest words, against the one that is used. A site is made of
//! its parts and spelt afterwards, so that the model never reads an address.

use proptest::prelude::*;

use super::{AllowedOrigin, AllowedOrigins};

/// Names below which anybody may register.
const SUFFIXES: [&[&str]; 6] = [
    &["com"],
    &["uk"],
    &["co", "uk"],
    &["io"],
    &["github", "io"],
    // Below a name that somebody has registered.
    &["s3", "amazonaws", "com"],
];
/// Labels as they are written and as they are sent.
const LABELS: [(&str, &str); 8] = [
    ("a", "a"),
    ("app", "app"),
    ("example", "example"),
    ("shop", "shop"),
    ("bücher", "xn--bcher-kva"),
    ("github", "github"),
    ("s3", "s3"),
    ("amazonaws", "amazonaws"),
];

#[derive(Debug, Clone, PartialEq, Eq)]
struct Site {
    is_tls: bool,
    /// From the left, as they are sent.
    labels: Vec<&'static str>,
    port: u16,
}

/// How somebody writes a site down.
#[derive(Debug, Clone)]
struct Spelling {
    is_upper: bool,
    is_native: bool,
    has_default_port: bool,
}

impl Site {
    const fn default_port(&self) -> u16 {
        if self.is_tls { 443 } else { 80 }
    }

    /// How many labels of the end are one public suffix: the longest that is known.
    fn suffix_len(&self) -> usize {
        let is_end = |suffix: &&&[&str]| self.labels.ends_with(suffix);
        SUFFIXES.iter().filter(is_end).map(|suffix| suffix.len()).max().unwrap_or(0)
    }

    /// Whether nobody can own it: it is a suffix itself.
    fn is_suffix(&self) -> bool {
        self.suffix_len() == self.labels.len()
    }

    /// The name that somebody has registered.
    fn domain(&self) -> Option<&[&'static str]> {
        let registered = (self.suffix_len() + 1).min(self.labels.len());
        (!self.is_suffix()).then(|| &self.labels[self.labels.len() - registered..])
    }

    fn spelt(&self, spelling: &Spelling, star: &str) -> String {
        let native = |label: &&'static str| {
            let known = LABELS.iter().find(|(_, sent)| sent == label && spelling.is_native);
            known.map_or(*label, |(written, _)| written)
        };
        let host = self.labels.iter().map(native).collect::<Vec<_>>().join(".");
        let scheme = if self.is_tls { "https" } else { "http" };
        let is_told = self.port != self.default_port() || spelling.has_default_port;
        let port = if is_told { format!(":{}", self.port) } else { String::new() };
        let text = format!("{scheme}://{star}{host}{port}");
        if spelling.is_upper { text.to_uppercase() } else { text }
    }

    fn same_way_in(&self, other: &Self) -> bool {
        self.is_tls == other.is_tls && self.port == other.port
    }

    /// Whether a star below this site stands for `other`.
    fn covers(&self, other: &Self) -> bool {
        self.same_way_in(other)
            && other.labels.len() > self.labels.len()
            && other.labels.ends_with(&self.labels)
            && other.domain() == self.domain()
    }
}

fn site() -> impl Strategy<Value = Site> {
    let labels =
        prop::collection::vec(prop::sample::select(LABELS.map(|(_, sent)| sent).to_vec()), 0..4);
    let suffix = prop::sample::select(SUFFIXES.to_vec());
    let port = prop::sample::select(vec![80_u16, 443, 8_443]);
    (any::<bool>(), labels, suffix, port).prop_map(|(is_tls, mut labels, suffix, port)| {
        labels.extend_from_slice(suffix);
        Site { is_tls, labels, port }
    })
}

/// A site, and another that is often the same or below it.
fn two_sites() -> impl Strategy<Value = (Site, Site)> {
    let label = || prop::sample::select(LABELS.map(|(_, sent)| sent).to_vec());
    let way = (0..7_u8, label(), label());
    let suffix = prop::sample::select(SUFFIXES.to_vec());
    (site(), site(), way, suffix).prop_map(|(one, other, (way, label, next), suffix)| {
        let mut near = one.clone();
        match way {
            0 => return (one, other),
            1 => {}
            2 => near.labels.insert(0, label),
            3 => near.labels.splice(0..0, [label, next]).for_each(drop),
            4 => near.is_tls = !near.is_tls,
            // Below a suffix, and what that is below of: another owner's.
            5 => {
                near.labels = [&[label], suffix].concat();
                let above = &suffix[usize::from(suffix.len() > 1)..];
                return (Site { labels: above.to_vec(), ..one }, near);
            }
            _ => near.port = other.port,
        }
        (one, near)
    })
}

fn spelling() -> impl Strategy<Value = Spelling> {
    any::<(bool, bool, bool)>().prop_map(|(is_upper, is_native, has_default_port)| Spelling {
        is_upper,
        is_native,
        has_default_port,
    })
}

fn is_let_in(list: &AllowedOrigins, header: &str) -> bool {
    !list.verdict(Some(header), false).is_refused
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_site_is_let_in_when_scheme_host_and_port_are_those_listed(
        (listed, sent) in two_sites(), written in spelling(), sent_as in spelling(),
    ) {
        let list = AllowedOrigins::parse(&[listed.spelt(&written, "")]).unwrap();
        let header = sent.spelt(&sent_as, "");
        prop_assert_eq!(is_let_in(&list, &header), listed == sent, "{} for {:?}", header, list);
    }

    #[test]
    fn a_star_stands_for_labels_below_what_somebody_has_registered(
        (listed, sent) in two_sites(), written in spelling(), sent_as in spelling(),
    ) {
        let text = listed.spelt(&written, "*.");
        let Ok(list) = AllowedOrigins::parse(&[&text]) else {
            prop_assert!(listed.is_suffix(), "{} cannot be listed", text);
            return Ok(());
        };
        prop_assert!(!listed.is_suffix(), "{} lets everybody in", text);
        let header = sent.spelt(&sent_as, "");
        prop_assert_eq!(is_let_in(&list, &header), listed.covers(&sent), "{} for {}", header, text);
        prop_assert!(!is_let_in(&list, &listed.spelt(&sent_as, "")), "{} for itself", text);
    }

    #[test]
    fn a_list_lets_in_what_one_of_its_entries_does(
        sites in prop::collection::vec((site(), any::<bool>(), spelling()), 0..6), sent in site(), sent_as in spelling(),
    ) {
        let entries: Vec<_> = sites.iter().filter(|(site, has_star, _)| !has_star || !site.is_suffix()).collect();
        let texts: Vec<_> = entries.iter().map(|(site, has_star, spelling)| {
            site.spelt(spelling, if *has_star { "*." } else { "" })
        }).collect();
        let list = AllowedOrigins::parse(&texts).unwrap();
        let wanted = entries.iter().any(|(site, has_star, _)| if *has_star { site.covers(&sent) } else { *site == sent });
        prop_assert_eq!(is_let_in(&list, &sent.spelt(&sent_as, "")), wanted);
    }

    #[test]
    fn null_is_nobody_and_cannot_be_listed(
        listed in site(), has_star in any::<bool>(), upper in prop::collection::vec(any::<bool>(), 4),
    ) {
        let star = if has_star && !listed.is_suffix() { "*." } else { "" };
        let plain = Spelling { is_upper: false, is_native: false, has_default_port: false };
        let list = AllowedOrigins::parse(&[listed.spelt(&plain, star)]).unwrap();
        let letters = "null".chars().zip(upper);
        let null: String =
            letters.map(|(c, is_upper)| if is_upper { c.to_ascii_uppercase() } else { c }).collect();
        prop_assert!(!is_let_in(&list, &null));
        prop_assert!(null.parse::<AllowedOrigin>().is_err());
    }
}
