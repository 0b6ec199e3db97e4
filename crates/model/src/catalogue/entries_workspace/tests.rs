//! What holds for every entry of both dialects.

use serde_json::Value;

use crate::{
    catalogue::{Code, Dialect, Entry, entries, markdown::anchor},
    ids::RequestId,
    wire::ingest::Refusal,
};

fn reply(entry: &Entry) -> Value {
    serde_json::from_str(entry.example.response)
        .unwrap_or_else(|fault| panic!("the example reply of {}: {fault}", entry.text))
}

fn is_told_in_ingest(entry: &Entry) -> bool {
    entry.example.request.contains("/api/ingest/v2/")
}

#[test]
fn an_example_reply_has_the_code_and_the_message_of_its_entry() {
    for entry in entries() {
        let reply = reply(entry);
        let is_named = entry.code == Code::FieldRequired;
        let text = if is_named { "organizationId is required" } else { entry.text };
        assert_eq!(reply["error"], text);
        assert_eq!(reply["message"], entry.message);
    }
}

#[test]
fn an_example_is_told_in_a_dialect_of_its_entry() {
    for entry in entries() {
        let dialect = if is_told_in_ingest(entry) { Dialect::Ingest } else { Dialect::Workspace };
        assert!([dialect, Dialect::Both].contains(&entry.dialect), "{}", entry.text);
    }
}

#[test]
fn a_workspace_reply_has_the_request_id_and_what_its_code_adds() {
    for entry in entries().filter(|entry| !is_told_in_ingest(entry)) {
        let reply = reply(entry);
        let id = reply["requestId"].as_str().unwrap();
        assert!(id.parse::<RequestId>().is_ok(), "{id}");
        let added: &[&str] = match entry.code {
            Code::InvalidRequest => &["field"],
            Code::SeatLimitReached => &["seats", "upgradeUrl"],
            _ => &[],
        };
        for key in added {
            assert!(reply.get(key).is_some(), "{} lacks {key}", entry.text);
        }
        assert_eq!(reply.as_object().unwrap().len(), 3 + added.len(), "{}", entry.text);
    }
}

#[test]
fn an_ingest_reply_has_its_attempt_unless_nothing_could_be_stored() {
    for entry in entries().filter(|entry| is_told_in_ingest(entry)) {
        let refusal: Refusal = serde_json::from_str(entry.example.response).unwrap();
        let is_recorded = entry.code != Code::ServiceUnavailable;
        assert_eq!(refusal.attempt_id.is_some(), is_recorded, "{}", entry.text);
        assert_eq!(!refusal.issues.is_empty(), entry.status == 422, "{}", entry.text);
        let docs = format!("https://tiny.example.com/docs/errors#{}", anchor(entry.text));
        assert_eq!(refusal.docs, docs);
        assert_eq!(serde_json::to_value(&refusal).unwrap(), reply(entry), "{}", entry.text);
    }
}

#[test]
fn an_example_issue_speaks_as_its_code_does() {
    for entry in entries().filter(|entry| entry.status == 422) {
        let refusal: Refusal = serde_json::from_str(entry.example.response).unwrap();
        for issue in refusal.issues {
            let known = issue.code.entry();
            let message = known.example_message.replace(known.example_field, &issue.field);
            assert_eq!(issue.message, message);
        }
    }
}

#[test]
fn an_example_request_is_a_curl_command_whose_body_is_json_unless_that_is_the_fault() {
    for entry in entries() {
        let request = entry.example.request;
        assert!(request.starts_with("curl "), "{}", entry.text);
        assert!(request.contains("https://tiny.example.com/api/"), "{}", entry.text);
        assert_eq!(request.matches('\'').count() % 2, 0, "{}", entry.text);
        if let Some((_, body)) = request.split_once("-d '") {
            let body = serde_json::from_str::<Value>(body.trim_end_matches('\''));
            assert_eq!(body.is_err(), entry.code == Code::InvalidJson, "{}", entry.text);
        }
    }
}

#[test]
fn a_message_is_one_sentence_without_internals() {
    let internals =
        ["sql", "sqlite", "postgres", "panic", "stack", "thread", "rust", "::", "/", "select"];
    for entry in entries() {
        let message = entry.message.to_lowercase();
        assert_eq!(message.find('.'), Some(message.len() - 1), "{message}");
        assert!(!internals.iter().any(|internal| message.contains(internal)), "{message}");
    }
}

#[test]
fn every_entry_says_cause_and_fix_in_plain_sentences() {
    for entry in entries() {
        assert!((1..=4).contains(&entry.causes.len()), "{}", entry.text);
        for prose in [entry.means, entry.fix].iter().chain(entry.causes) {
            assert!(prose.ends_with('.'), "{prose}");
            assert!(!prose.contains(['`', '*', '<', '>', '|', '\n']), "{prose}");
        }
    }
}

#[test]
fn only_a_429_a_500_or_a_503_may_be_retried_as_it_is() {
    for entry in entries() {
        // The contract gives it a 503, and no waiting helps.
        let is_for_good = entry.code == Code::BillingNotConfigured;
        let may = [429, 500, 503].contains(&entry.status) && !is_for_good;
        assert_eq!(entry.is_retryable, may, "{}", entry.text);
    }
}
