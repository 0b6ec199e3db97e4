//! Gathers what browsers download (styles, scripts, the WebAssembly, the SDK) into the binary: each file once
//! as it is and, for a release, compressed. Files whose name carries their hash may be kept for ever.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The order of the style's files is the order of its layers; within a layer, that of the names.
const LAYERS: [&str; 4] = ["tokens", "base", "components", "pages"];

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

fn main() -> Result<()> {
    let app = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let root = app.parent().ok_or("the crate has no folder around it")?;
    let mut build = Build {
        out: PathBuf::from(variable("OUT_DIR")?),
        is_release: variable("PROFILE")? == "release",
        table: String::new(),
    };

    let style =
        build.hashed("tiny", "css", "text/css; charset=utf-8", &style(&root.join("style"))?)?;
    let boot = build.hashed("boot", "js", JAVASCRIPT, &read(&app.join("assets/boot.js"))?)?;
    let icon = read(&app.join("assets/favicon.svg"))?;
    build.add("/favicon.svg", "image/svg+xml", false, &icon)?;
    for (path, file) in [("/sdk.js", "sdk.js"), ("/sdk/tiny-analytics.js", "tiny-analytics.js")] {
        let script = sdk(&root.join("sdk/dist").join(file))?;
        build.add(path, JAVASCRIPT, false, &script)?;
    }
    let module = build.wasm()?;

    let mut code = format!("pub(crate) const STYLE: &str = {style:?};\n");
    writeln!(code, "pub(crate) const BOOT: &str = {boot:?};")?;
    writeln!(code, "pub(crate) const MODULE: Option<(&str, &str)> = {module:?};")?;
    writeln!(code, "static ALL: &[Asset] = &[\n{}];", build.table)?;
    fs::write(build.out.join("assets.rs"), code)?;
    Ok(())
}

struct Build {
    out: PathBuf,
    is_release: bool,
    /// The entries of the table, as Rust.
    table: String,
}

impl Build {
    /// Adds a file under a name with its hash; gives its path.
    fn hashed(
        &mut self,
        name: &str,
        extension: &str,
        content_type: &str,
        bytes: &[u8],
    ) -> Result<String> {
        let path = format!("/assets/{name}-{}.{extension}", hash(bytes));
        self.add(&path, content_type, true, bytes)?;
        Ok(path)
    }

    fn add(
        &mut self,
        path: &str,
        content_type: &str,
        is_immutable: bool,
        bytes: &[u8],
    ) -> Result<()> {
        let file = self.out.join(path.trim_start_matches('/').replace('/', "-"));
        fs::write(&file, bytes)?;
        let identity = included(&file);
        let [brotli, gzip] = if self.is_release {
            [("br", brotli(bytes)?), ("gz", gzip(bytes)?)].map(|(ending, packed)| {
                // What does not shrink is sent as it is.
                (packed.len() < bytes.len()).then_some((ending, packed))
            })
        } else {
            [None, None]
        };
        let (brotli, gzip) = (packed(&file, brotli)?, packed(&file, gzip)?);
        let etag = format!("\"{}\"", hash(bytes));
        writeln!(
            self.table,
            "    Asset {{ path: {path:?}, content_type: {content_type:?}, etag: {etag:?}, \
             is_immutable: {is_immutable}, identity: {identity}, brotli: {brotli}, gzip: {gzip} }},"
        )?;
        Ok(())
    }

    /// The islands, when somebody has built them: the paths of the JavaScript and the WebAssembly.
    fn wasm(&mut self) -> Result<Option<(String, String)>> {
        println!("cargo::rerun-if-env-changed=TINY_WASM_DIR");
        let Ok(folder) = variable("TINY_WASM_DIR") else {
            println!(
                "cargo::warning=TINY_WASM_DIR is not set: pages are built without their islands"
            );
            return Ok(None);
        };
        let folder = PathBuf::from(folder);
        let script = read(&folder.join("tiny.js"))?;
        let wasm = read(&folder.join("tiny_bg.wasm"))?;
        let script = self.hashed("tiny", "js", JAVASCRIPT, &script)?;
        let wasm = self.hashed("tiny", "wasm", "application/wasm", &wasm)?;
        Ok(Some((script, wasm)))
    }
}

#[expect(clippy::disallowed_methods, reason = "a build script is configured by its environment")]
fn variable(name: &str) -> Result<String> {
    env::var(name).map_err(|error| format!("{name}: {error}").into())
}

/// Reads a file that the build then depends on.
fn read(path: &Path) -> Result<Vec<u8>> {
    println!("cargo::rerun-if-changed={}", path.display());
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Every file of the style in the order of the layers.
fn style(folder: &Path) -> Result<Vec<u8>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<Vec<_>>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "css"));
    files.sort();
    let mut style = format!("@layer {};\n", LAYERS.join(", ")).into_bytes();
    for layer in LAYERS {
        for path in &files {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.split(['.', '-']).next() == Some(layer) {
                style.extend(read(path)?);
                style.push(b'\n');
            }
        }
    }
    Ok(style)
}

/// A script of the SDK, which its own build makes first.
fn sdk(path: &Path) -> Result<Vec<u8>> {
    if path.exists() {
        return read(path);
    }
    println!("cargo::rerun-if-changed={}", path.display());
    println!("cargo::warning={} is not built: an empty script stands for it", path.display());
    Ok(b"/* The SDK was not built into this binary. */\n".to_vec())
}

/// The first 12 hexadecimal digits of the SHA-256.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(6).fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Writes a compressed version beside its file; gives the expression that includes it.
fn packed(file: &Path, version: Option<(&str, Vec<u8>)>) -> Result<String> {
    let Some((ending, bytes)) = version else { return Ok("None".to_owned()) };
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    let file = PathBuf::from(name);
    fs::write(&file, bytes)?;
    Ok(format!("Some({})", included(&file)))
}

/// The expression that embeds a file.
fn included(file: &Path) -> String {
    format!("include_bytes!({:?})", file.display().to_string())
}

fn brotli(mut bytes: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut bytes, &mut packed, &parameters)?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
