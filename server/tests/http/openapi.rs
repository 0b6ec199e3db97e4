//! The description of the API against the API: it names every operation, every required field and every answer.

mod answers;
mod ingest;
pub mod schema;

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};
use testkit::{Reply, TestDb};
use tiny::openapi::DOCUMENT;
use web::SignupMode;

use crate::house::{self, House, text};
use schema::{faults, misfits, of_another_type, present, resolved, sample};

/// One operation of the document.
#[derive(Clone, Copy)]
pub struct Operation {
    method: &'static str,
    path: &'static str,
    says: &'static Value,
}

fn operations() -> impl Iterator<Item = Operation> {
    DOCUMENT["paths"].as_object().unwrap().iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, says)| Operation { method, path, says })
    })
}

/// Those of the workspace API, which tell faults by its rules.
fn of_workspaces() -> impl Iterator<Item = Operation> {
    operations().filter(|operation| !operation.is_ingest())
}

pub fn operation(name: &str) -> Operation {
    let found = operations().find(|operation| operation.says["operationId"] == name);
    found.unwrap_or_else(|| panic!("no operation is called {name}"))
}

impl Operation {
    fn is_ingest(self) -> bool {
        self.path.starts_with("/api/ingest/")
    }

    /// The fields of its body.
    pub fn fields(self) -> impl Iterator<Item = (&'static String, &'static Value)> {
        self.body()["properties"].as_object().into_iter().flatten()
    }

    fn body(self) -> &'static Value {
        resolved(&self.says["requestBody"]["content"]["application/json"]["schema"])
    }

    fn has_body(self) -> bool {
        self.says.get("requestBody").is_some()
    }

    fn required_fields(self) -> impl Iterator<Item = &'static str> {
        self.body()["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    pub fn query(self) -> impl Iterator<Item = &'static Value> {
        let parameters = self.says["parameters"].as_array().into_iter().flatten();
        parameters.filter(|parameter| parameter["in"] == "query")
    }

    /// A body that holds no more than it must.
    fn sample_body(self, house: &House) -> Value {
        let fields = self.required_fields().map(|name| {
            let own = (name == "organizationId").then(|| json!(house.organization));
            (name.to_owned(), own.unwrap_or_else(|| sample(&self.body()["properties"][name])))
        });
        Value::Object(fields.collect())
    }

    fn name(self) -> &'static str {
        self.says["operationId"].as_str().unwrap()
    }

    /// Its address with made-up ids, without a query.
    fn address(self) -> String {
        let parts = self.path.split('/');
        parts
            .map(|part| if part.starts_with('{') { "x" } else { part })
            .collect::<Vec<_>>()
            .join("/")
    }

    /// Calls it as the owner; the answer is one of those that it describes.
    async fn call(self, house: &House, address: &str, body: &Value) -> Reply {
        self.call_as(house, &house.token, address, body).await
    }

    /// The same with another's token.
    async fn call_as(self, house: &House, token: &str, address: &str, body: &Value) -> Reply {
        let method = self.method.to_uppercase().parse().unwrap();
        let call = house.client.call(method, address).bearer(token);
        let reply = if self.has_body() { call.json(body) } else { call }.send().await;
        self.assert_describes(&reply);
        reply
    }

    fn assert_describes(self, reply: &Reply) {
        let Self { method, path, says } = self;
        let status = reply.status.as_u16().to_string();
        let answer = says["responses"].get(&status);
        let answer = answer.unwrap_or_else(|| panic!("{method} {path}: {status} {}", reply.text()));
        let answer = resolved(answer);
        for name in answer["headers"].as_object().unwrap().keys() {
            assert!(reply.headers.contains_key(name.to_lowercase()), "{method} {path}: no {name}");
        }
        let Some(content) = answer.get("content") else {
            assert_eq!(reply.text(), "", "{method} {path}");
            return;
        };
        assert_eq!(reply.header("content-type"), "application/json", "{method} {path}");
        let schema = &content["application/json"]["schema"];
        let wrong = faults(schema, &reply.json(), &status);
        assert_eq!(wrong, Vec::<String>::new(), "{method} {path}: {}", reply.text());
    }
}

/// The query of a call, with `value` for the field `name`.
fn query(house: &House, operation: Operation, name: &str, value: Option<&str>) -> String {
    let own = ("organizationId", house.organization.as_str());
    let takes_own = operation.query().any(|parameter| parameter["name"] == "organizationId");
    let own = Some(own).filter(|_| takes_own && name != "organizationId");
    let pairs = own.into_iter().chain(value.map(|value| (name, value)));
    let pairs: Vec<_> = pairs.map(|(name, value)| format!("{name}={value}")).collect();
    format!("{}?{}", operation.address(), pairs.join("&"))
}

#[tokio::test]
async fn every_operation_is_at_its_path_and_no_other_method_is() {
    let database = TestDb::sqlite().await;
    let house = House::furnished(database.db()).await;
    let every = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];
    let paths: BTreeSet<&str> = operations().map(|operation| operation.path).collect();
    for path in paths {
        let here = || operations().filter(|operation| operation.path == path);
        let mut methods: BTreeSet<String> = here().map(|one| one.method.to_uppercase()).collect();
        for operation in here() {
            let method: Method = operation.method.to_uppercase().parse().unwrap();
            let reply = house.client.call(method, &operation.address()).send().await;
            operation.assert_describes(&reply);
            let is_open = operation.says["security"] == json!([]);
            assert_eq!(reply.status == 401, !is_open, "{} {path}", operation.method);
        }
        if methods.contains("GET") {
            methods.insert("HEAD".to_owned());
        }
        // Browsers ask before they send.
        methods.extend(here().next().filter(|one| one.is_ingest()).map(|_| "OPTIONS".to_owned()));
        for method in every.iter().filter(|method| !methods.contains(**method)) {
            let address = here().next().unwrap().address();
            let reply = house.client.call(method.parse().unwrap(), &address).send().await;
            assert_eq!(reply.status, 405, "{method} {path}");
            let allowed: BTreeSet<String> =
                reply.header("allow").split(',').map(|one| one.trim().to_owned()).collect();
            assert_eq!(allowed, methods, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_call_without_one_of_its_required_fields_is_told_which() {
    let database = TestDb::sqlite().await;
    let house = House::furnished(database.db()).await;
    for operation in of_workspaces() {
        let whole = operation.sample_body(&house);
        for name in operation.required_fields() {
            for without in [None, Some(Value::Null)] {
                let mut body = whole.clone();
                body.as_object_mut().unwrap().remove(name);
                body.as_object_mut().unwrap().extend(without.map(|null| (name.to_owned(), null)));
                let reply = operation.call(&house, &operation.address(), &body).await;
                let told = (reply.status.as_u16(), text(&reply.json()["error"]));
                assert_eq!(told, (400, format!("{name} is required")), "{}", operation.path);
            }
        }
        for parameter in operation.query().filter(|parameter| parameter["required"] == true) {
            let name = parameter["name"].as_str().unwrap();
            let address = query(&house, operation, name, None);
            let reply = operation.call(&house, &address, &Value::Null).await;
            let told = (reply.status.as_u16(), text(&reply.json()["error"]));
            assert_eq!(told, (400, format!("{name} is required")), "{}", operation.path);
        }
    }
}

#[tokio::test]
async fn a_field_of_another_type_than_described_is_refused_by_name() {
    let database = TestDb::sqlite().await;
    let house = House::furnished(database.db()).await;
    for operation in of_workspaces() {
        for (name, schema) in operation.fields() {
            let mut body = operation.sample_body(&house);
            body[name] = of_another_type(schema);
            let reply = operation.call(&house, &operation.address(), &body).await;
            let told = (reply.status.as_u16(), reply.json());
            assert_eq!(told.0, 400, "{} {name}: {}", operation.path, told.1);
            assert_eq!(
                (&told.1["error"], &told.1["field"]),
                (&json!("invalid_request"), &json!(name))
            );
        }
    }
}

/// 400, and that before the ids in these paths, all made up, are looked up. But an id that cannot be one is that of
/// nothing, and an address that cannot be one is that of nobody; the field `memberId` goes with a workspace in the path.
fn told_of_misfit(operation: &str, field: &str) -> u16 {
    match field {
        "organizationId" if operation != "createNamedToken" => 403,
        "memberId" => 403,
        "roleId" | "sourceId" => 404,
        "email" if operation == "createToken" => 401,
        _ => 400,
    }
}

#[tokio::test]
async fn a_value_that_does_not_fit_its_schema_is_refused() {
    let database = TestDb::sqlite().await;
    let house = House::furnished(database.db()).await;
    for operation in of_workspaces() {
        for (name, schema) in operation.fields() {
            for value in misfits(schema) {
                let mut body = operation.sample_body(&house);
                body[name] = value;
                let reply = operation.call(&house, &operation.address(), &body).await;
                let wanted = told_of_misfit(operation.name(), name);
                assert_eq!(reply.status, wanted, "{} {name}: {body}", operation.path);
            }
        }
        for parameter in operation.query() {
            let name = parameter["name"].as_str().unwrap();
            let schema = present(&parameter["schema"]);
            let other = (schema["type"] == "integer").then(|| json!("many"));
            for value in misfits(schema).into_iter().chain(other) {
                let value =
                    value.as_str().map_or(value.to_string(), |text| text.replace('\u{1}', "%01"));
                let address = query(&house, operation, name, Some(&value));
                let reply = operation.call(&house, &address, &Value::Null).await;
                assert_eq!(reply.status, told_of_misfit(operation.name(), name), "{address}");
            }
        }
    }
}

#[tokio::test]
async fn the_document_is_told_to_anyone_and_kept_for_a_minute() {
    let database = TestDb::sqlite().await;
    let house = House::furnished(database.db()).await;
    let reply = house.client.get("/api/openapi.json").send().await;
    operation("getDescription").assert_describes(&reply);
    assert_eq!(reply.json(), *DOCUMENT);
    assert_eq!(reply.header("cache-control"), "public, max-age=60");
    let printed = std::process::Command::new(env!("CARGO_BIN_EXE_tiny")).arg("openapi").output();
    assert_eq!(serde_json::from_slice::<Value>(&printed.unwrap().stdout).unwrap(), *DOCUMENT);
}

#[test]
fn operations_have_names_of_their_own_and_a_place_in_the_contents() {
    assert_eq!(DOCUMENT["openapi"], "3.1.0");
    let mut names = BTreeSet::new();
    let tags: Vec<&str> = DOCUMENT["tags"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|tag| tag["name"].as_str())
        .collect();
    for Operation { path, says, .. } in operations() {
        let name = says["operationId"].as_str().unwrap();
        assert!(names.insert(name), "{name} is there twice");
        assert_eq!(says["tags"].as_array().unwrap().len(), 1, "{name}");
        assert!(tags.contains(&says["tags"][0].as_str().unwrap()), "{name} has a tag of its own");
        assert!(says["summary"].as_str().unwrap().ends_with('.'), "{name} has no sentence");
        let in_path = path.split(['{', '}']).skip(1).step_by(2);
        let parameters = says["parameters"].as_array().into_iter().flatten();
        let described = parameters.filter(|parameter| parameter["in"] == "path");
        let described = described.map(|parameter| parameter["name"].as_str().unwrap());
        assert_eq!(in_path.collect::<Vec<_>>(), described.collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_field_has_a_meaning() {
    fn walk(value: &'static Value, place: &str) {
        resolved(value);
        // An event has a field of that name, which stands in such a list itself.
        let is_list = place.ends_with("/properties");
        let fields = value["properties"].as_object().filter(|_| !is_list).into_iter().flatten();
        for (name, field) in fields {
            let has_meaning = field["description"].is_string()
                || present(field)["description"].is_string()
                || place.contains("/responses/")
                // A word that never is another one.
                || field["enum"].as_array().is_some_and(|words| words.len() == 1);
            assert!(has_meaning, "{place}/{name} has no description");
        }
        match value {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, field)| walk(field, &format!("{place}/{name}")));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, place)),
            _ => {}
        }
    }
    walk(&DOCUMENT, "");
}

/// What is not described is in none of the walks, wherever the route was made.
#[tokio::test]
async fn the_router_knows_the_described_paths_below_api_and_no_others() {
    let database = TestDb::sqlite().await;
    let known = house::paths(&house::router(&database.db(), SignupMode::Open));
    // A path without a key is an ingest endpoint's too, so that it can say what is wrong.
    let is_here = |path: &&str| {
        path.starts_with("/api/") && (!path.starts_with("/api/ingest/") || path.contains("{key}"))
    };
    let known: BTreeSet<&str> = known.iter().map(String::as_str).filter(is_here).collect();
    let described: BTreeSet<&str> = operations().map(|operation| operation.path).collect();
    assert_eq!(known, described);
}
