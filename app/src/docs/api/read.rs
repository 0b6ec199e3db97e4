//! From the description to what the page shows.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    Answer, Field, Group, Object, Operation, Reference, example,
    schema::{self, Document},
};

impl Reference {
    /// Reads a description in OpenAPI 3.1; examples call the instance at `base_url`.
    #[must_use]
    pub fn read(description: &Value, base_url: &str) -> Self {
        let document = Document(description);
        let all = operations(document, base_url);
        let groups = items(&description["tags"]).map(|tag| Group {
            name: text(&tag["name"]),
            says: text(&tag["description"]),
            operations: all
                .iter()
                .filter(|(of, _)| **of == tag["name"])
                .map(|(_, one)| one.clone())
                .collect(),
        });
        Self {
            about: paragraphs(&description["info"]["description"]),
            groups: groups.filter(|group| !group.operations.is_empty()).collect(),
            objects: objects(document, all.iter().map(|(_, operation)| operation)),
        }
    }
}

/// Every operation and its tag.
fn operations<'a>(document: Document<'a>, base_url: &str) -> Vec<(&'a Value, Operation)> {
    let mut operations = Vec::new();
    for (path, methods) in fields(&document.0["paths"]) {
        for (method, said) in fields(methods) {
            let operation = operation(document, base_url, (method, path), said);
            operations.push((&said["tags"][0], operation));
        }
    }
    operations
}

fn operation(
    document: Document<'_>,
    base_url: &str,
    (method, path): (&str, &str),
    said: &Value,
) -> Operation {
    let parameters = items(&said["parameters"]).map(|parameter| {
        let place = if parameter["in"] == "path" { "path" } else { "query" };
        let field = document.field(&text(&parameter["name"]), &parameter["schema"], place);
        let says = parameter["description"].as_str().map_or(field.says, str::to_owned);
        Field { is_required: parameter["required"] == true, says, ..field }
    });
    let body = &said["requestBody"]["content"]["application/json"]["schema"];
    let answers =
        fields(&said["responses"]).map(|(status, answer)| answer_of(document, status, answer));
    let method = method.to_uppercase();
    let says = [text(&said["summary"])].into_iter().chain(paragraphs(&said["description"]));
    Operation {
        id: text(&said["operationId"]),
        example: example::curl(document, base_url, &method, path, said),
        method,
        path: path.to_owned(),
        says: says.collect(),
        fields: parameters.chain(document.fields(body, "body")).collect(),
        answers: answers.collect(),
    }
}

fn answer_of(document: Document<'_>, status: &str, answer: &Value) -> Answer {
    let answer = document.resolve(answer);
    let codes: Vec<String> = items(&answer["x-codes"]).map(text).collect();
    let object = answer["content"]["application/json"]["schema"]["$ref"].as_str();
    Answer {
        status: status.parse().unwrap_or_default(),
        says: if codes.is_empty() { text(&answer["description"]) } else { String::new() },
        object: object.and_then(|link| link.rsplit('/').next()).map(str::to_owned),
        codes,
    }
}

/// The objects that answers name, and those inside them, in the order of their names.
fn objects<'a>(
    document: Document<'_>,
    operations: impl Iterator<Item = &'a Operation>,
) -> Vec<Object> {
    let answers = operations.flat_map(|operation| &operation.answers);
    let mut waiting: Vec<String> = answers.filter_map(|answer| answer.object.clone()).collect();
    waiting.extend(["Error", "Refusal"].map(str::to_owned));
    let mut names = BTreeSet::new();
    let mut objects = Vec::new();
    while let Some(name) = waiting.pop() {
        let schema = &document.0["components"]["schemas"][&name];
        if !schema::is_object(schema) || !names.insert(name.clone()) {
            continue;
        }
        let fields = document.fields(schema, "");
        waiting.extend(fields.iter().filter_map(|field| field.kind.object.clone()));
        objects.push(Object { name, says: text(&schema["description"]), fields });
    }
    objects.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    objects
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn fields(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, field)| (name.as_str(), field))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn paragraphs(value: &Value) -> Vec<String> {
    let text = value.as_str().unwrap_or_default();
    text.split("\n\n").filter(|one| !one.is_empty()).map(|one| one.replace('\n', " ")).collect()
}
