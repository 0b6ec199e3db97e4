//! What must become of each batch, decided by a map.

use std::collections::{BTreeMap, HashMap, HashSet};

use proptest::{prelude::*, test_runner::TestCaseError};
use serde_json::{Value, json};
use uuid::Uuid;

/// One event as it is sent.
#[derive(Debug, Clone, Copy)]
pub enum Sent {
    Track { id: u8 },
    Identify { id: u8, user: u8 },
    Bad { id: u8 },
}

/// One request: who sends what, of which source, through which process.
#[derive(Debug, Clone)]
pub struct Step {
    pub source: usize,
    pub visitor: usize,
    pub door: usize,
    pub is_dry: bool,
    /// Of the envelope.
    pub user: Option<u8>,
    pub events: Vec<Sent>,
}

/// What the answer says.
#[derive(Debug)]
pub struct Told {
    pub statuses: Vec<String>,
    pub attempt: Uuid,
}

/// An event's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub attempt: Uuid,
    pub user: Option<String>,
}

#[derive(Debug, Default)]
pub struct Model {
    /// By number of the source and id of the event.
    pub stored: BTreeMap<(usize, String), Row>,
    /// Who the visitor of a source is since its latest `identify`.
    users: HashMap<(usize, usize), String>,
}

impl Sent {
    pub fn id(self) -> String {
        let (Self::Track { id } | Self::Identify { id, .. } | Self::Bad { id }) = self;
        format!("evt_{id}")
    }

    pub fn json(self) -> Value {
        let mut event = json!({ "id": self.id(), "timestamp": "2026-04-10T13:45:00Z", "type": "track", "name": "n" });
        match self {
            Self::Track { .. } => {}
            Self::Identify { user, .. } => {
                event["type"] = json!("identify");
                event["userId"] = json!(user_id(user));
            }
            Self::Bad { .. } => event["timestamp"] = json!("yesterday"),
        }
        event
    }
}

impl Step {
    pub fn good_ids(&self) -> impl Iterator<Item = String> {
        self.events
            .iter()
            .filter(|event| !matches!(event, Sent::Bad { .. }))
            .map(|event| event.id())
    }
}

impl Model {
    /// The statuses of a request that no other overtakes.
    pub fn expected(&self, step: &Step) -> Vec<&'static str> {
        let mut seen = HashSet::new();
        let status = |event: &Sent| match event {
            Sent::Bad { .. } => "rejected",
            _ if self.stored.contains_key(&(step.source, event.id())) => "duplicate",
            _ if seen.insert(event.id()) => "accepted",
            _ => "duplicate",
        };
        step.events.iter().map(status).collect()
    }

    /// Takes an answer at its word.
    pub fn take(&mut self, step: &Step, told: &Told) -> Result<(), TestCaseError> {
        prop_assert_eq!(told.statuses.len(), step.events.len());
        for (event, status) in step.events.iter().zip(&told.statuses) {
            let is_bad = matches!(event, Sent::Bad { .. });
            prop_assert_eq!(is_bad, status == "rejected", "{:?}", event);
            if status != "accepted" {
                continue;
            }
            let session = (step.source, step.visitor);
            let own = if let Sent::Identify { user, .. } = event { Some(*user) } else { step.user };
            let user = own.map(user_id).or_else(|| self.users.get(&session).cloned());
            if let (Sent::Identify { .. }, Some(user)) = (event, &user) {
                self.users.insert(session, user.clone());
            }
            let row = Row { attempt: told.attempt, user };
            let before = self.stored.insert((step.source, event.id()), row);
            prop_assert!(before.is_none(), "{} was accepted twice", event.id());
        }
        Ok(())
    }
}

fn user_id(user: u8) -> String {
    format!("user_{user}")
}
