//! An operation as a shell command.

use std::fmt::Write;

use serde_json::Value;

use super::schema::Document;
use crate::curl::quoted;

/// A call with every field of its body and what its query must hold.
pub fn curl(
    document: Document<'_>,
    base_url: &str,
    method: &str,
    path: &str,
    said: &Value,
) -> String {
    let mut command = String::from("curl ");
    if method != "GET" && method != "POST" {
        let _ = write!(command, "-X {method} ");
    }
    command.push_str(&quoted(&format!("{base_url}{}", address(document, path, said))));
    if said.get("security").is_none() {
        let _ = write!(command, " \\\n  -H 'Authorization: Bearer tat_…'");
    }
    if let Some(body) = said.get("requestBody") {
        let body = document.sample(&body["content"]["application/json"]["schema"]);
        let _ = write!(command, " \\\n  -H 'Content-Type: application/json'");
        let _ = write!(command, " \\\n  -d {}", quoted(&format!("{body:#}")));
    }
    command
}

/// The path with made-up ids, and what the query must hold.
fn address(document: Document<'_>, path: &str, said: &Value) -> String {
    let mut address = path.to_owned();
    let mut mark = '?';
    for parameter in said["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default();
        let value = document.sample(&parameter["schema"]);
        let value = value.as_str().unwrap_or_default();
        if parameter["in"] == "path" {
            address = address.replace(&format!("{{{name}}}"), value);
        } else if parameter["required"] == true {
            let _ = write!(address, "{mark}{name}={value}");
            mark = '&';
        }
    }
    address
}
