//! A form as it was sent.

use std::collections::HashMap;

use axum::extract::{Form as Fields, FromRequest, Request, rejection::FormRejection};
use model::{Permission, Permissions};
use web::Fault;

use crate::ui::form::Form;

/// The fields of a form by name.
#[derive(Debug, Clone, Default)]
pub struct Posted(HashMap<String, String>);

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = FormRejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, FormRejection> {
        let Fields(fields) = Fields::from_request(request, state).await?;
        Ok(Self(fields))
    }
}

impl Posted {
    /// What was sent under `field`, if it was there.
    pub fn find(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    /// What was typed into `field`; empty when it was not there.
    pub fn text(&self, field: &str) -> &str {
        self.find(field).unwrap_or_default()
    }

    /// Whether a box was ticked.
    pub fn is_ticked(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    /// The permissions whose boxes were ticked.
    pub fn permissions(&self) -> Permissions {
        Permission::ALL.iter().copied().filter(|key| self.is_ticked(key.key())).collect()
    }

    /// Goes on only when the form says `word`, as the button of a confirmation does.
    pub fn require_confirmed(&self, word: &str) -> Result<(), Fault> {
        if self.text("confirm") == word { Ok(()) } else { Err(Fault::required("confirm")) }
    }

    /// The form, to be shown again.
    pub fn form(self) -> Form {
        Form::sent(self.0)
    }
}
