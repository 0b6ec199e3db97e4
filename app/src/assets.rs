//! What browsers download, embedded by the build script.

/// One file, ready to be sent.
#[derive(Debug)]
pub struct Asset {
    /// Its path on this server.
    pub path: &'static str,
    /// Its `Content-Type`.
    pub content_type: &'static str,
    /// Its `ETag`, quotes included, of the uncompressed bytes.
    pub etag: &'static str,
    /// Whether the path names the contents, so that it may be kept for ever.
    pub is_immutable: bool,
    /// The bytes.
    pub identity: &'static [u8],
    /// The bytes for `Content-Encoding: br`; absent in development.
    pub brotli: Option<&'static [u8]>,
    /// The bytes for `Content-Encoding: gzip`; absent in development.
    pub gzip: Option<&'static [u8]>,
}

// STYLE and BOOT: paths. MODULE: the paths of the JavaScript and the WebAssembly, when they were built. ALL.
include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Every file there is.
#[must_use]
pub fn all() -> &'static [Asset] {
    ALL
}

/// The file at `path`.
#[must_use]
pub fn find(path: &str) -> Option<&'static Asset> {
    ALL.iter().find(|asset| asset.path == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pages_link_to_is_there() {
        for path in [STYLE, BOOT, "/favicon.svg", "/sdk.js", "/sdk/tiny-analytics.js"] {
            let asset = find(path).unwrap();
            assert!(!asset.identity.is_empty(), "{path} is empty");
            assert_eq!(asset.is_immutable, path.starts_with("/assets/"));
        }
        assert!(find("/assets/").is_none());
    }

    #[test]
    fn the_style_declares_its_layers_before_it_fills_them() {
        let style = str::from_utf8(find(STYLE).unwrap().identity).unwrap();
        assert!(style.starts_with("@layer tokens, base, components, pages;"));
        let place = |layer: &str| style.find(&format!("@layer {layer} {{")).unwrap();
        assert!(place("tokens") < place("base"));
        assert!(place("base") < place("components"));
        assert!(place("components") < place("pages"));
    }
}
