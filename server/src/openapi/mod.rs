//! The description of the API in OpenAPI 3.1, made from the handlers.
//!
//! Each handler says what is its own: path, fields, success, and the codes that only it can answer. What all of
//! them share is added here, from the catalogue of errors, so that it is said once.

mod frame;
pub mod ingest;
mod operation;
mod refusals;
mod replies;

use std::sync::LazyLock;

use serde_json::{Map, Value};
use utoipa::OpenApi;

use crate::api;

/// The document.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

/// The same as text, without blanks.
pub static TEXT: LazyLock<String> = LazyLock::new(|| DOCUMENT.to_string());

fn document() -> Value {
    let mut described = frame::Frame::openapi().nest("/api", api::routes().into_openapi());
    described.merge(ingest::Endpoints::openapi());
    let mut document = as_json(&described);
    document["components"]["headers"] = refusals::headers();
    replies::require_what_is_always_there(&mut document);
    let schemas = document["components"]["schemas"].clone();
    let mut refusals = Map::new();
    for (method, operation) in operations(&mut document) {
        operation::complete(method, operation, &schemas, &mut refusals);
    }
    document["components"]["responses"] = refusals.into();
    document
}

#[expect(clippy::expect_used, reason = "texts, lists and maps with texts for keys are always JSON")]
fn as_json(openapi: &utoipa::openapi::OpenApi) -> Value {
    serde_json::to_value(openapi).expect("JSON")
}

/// Every operation with its method.
fn operations(document: &mut Value) -> impl Iterator<Item = (&str, &mut Map<String, Value>)> {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    let methods = paths.filter_map(|(_, methods)| methods.as_object_mut()).flatten();
    methods.filter_map(|(method, operation)| Some((method.as_str(), operation.as_object_mut()?)))
}
