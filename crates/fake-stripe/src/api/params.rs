//! The parameters of a call: a form with brackets, read field by field.
//!
//! A handler reads everything it knows before it changes anything, and then asks [`Params::finish`], which refuses what
//! nobody read. So what an endpoint takes is said once, by the code that takes it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::error::{Answer, ApiError};
use crate::state::{Edit, Metadata};

#[derive(Debug, Clone)]
enum Tree {
    Text(String),
    Branch(Vec<(String, Rc<Tree>)>),
}

/// A group of parameters, and which of all of them were read.
#[derive(Debug, Clone)]
pub(crate) struct Params {
    tree: Rc<Tree>,
    /// As the client writes it: `items[0]`.
    path: String,
    read: Rc<RefCell<BTreeSet<String>>>,
}

/// What a client wants to be changed of its metadata.
#[derive(Debug, Clone, Default)]
pub(crate) struct Patch {
    clears: bool,
    pairs: Vec<(String, String)>,
}

impl Patch {
    /// The metadata after it: an empty value removes its key.
    pub(crate) fn apply(self, old: &Metadata) -> Metadata {
        let mut merged = if self.clears { Metadata::new() } else { old.clone() };
        for (key, value) in self.pairs {
            if value.is_empty() {
                merged.remove(&key);
            } else {
                merged.insert(key, value);
            }
        }
        merged
    }

    /// The metadata of a new thing.
    pub(crate) fn fresh(patch: Option<Self>) -> Metadata {
        patch.unwrap_or_default().apply(&Metadata::new())
    }
}

impl Params {
    /// Reads a form: `items[0][price]=…&expand[]=…`.
    pub(crate) fn parse(pairs: &[(String, String)]) -> Self {
        let mut root = Vec::new();
        for (key, value) in pairs {
            insert(&mut root, &keys(key), value);
        }
        Self { tree: Rc::new(Tree::Branch(root)), path: String::new(), read: Rc::default() }
    }

    /// A field as the client writes it: `items[0][price]`.
    pub(crate) fn name(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}[{key}]", self.path) }
    }

    fn child(&self, key: &str) -> Option<Self> {
        let Tree::Branch(children) = &*self.tree else { return None };
        let (_, tree) = children.iter().rev().find(|(name, _)| name == key)?;
        Some(Self { tree: tree.clone(), path: self.name(key), read: self.read.clone() })
    }

    /// Whether a field or a group was sent.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.child(key).is_some()
    }

    /// The text of a field; an empty one is `Some("")`.
    pub(crate) fn text(&self, key: &str) -> Answer<Option<String>> {
        let Some(child) = self.child(key) else { return Ok(None) };
        match &*child.tree {
            Tree::Text(text) => {
                self.read.borrow_mut().insert(child.path);
                Ok(Some(text.clone()))
            }
            Tree::Branch(_) => {
                Err(ApiError::invalid(format!("Invalid string: {}", child.path)).param(child.path))
            }
        }
    }

    /// A field that is set, cleared by an empty text, or not touched.
    pub(crate) fn nullable(&self, key: &str) -> Answer<Edit<String>> {
        Ok(match self.text(key)? {
            None => Edit::Keep,
            Some(text) if text.is_empty() => Edit::Clear,
            Some(text) => Edit::Set(text),
        })
    }

    /// A field that may be left out, but not be empty.
    pub(crate) fn filled(&self, key: &str) -> Answer<Option<String>> {
        let text = self.text(key)?;
        if text.as_deref() != Some("") {
            return Ok(text);
        }
        let name = self.name(key);
        let message = format!(
            "You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter; \
             however '{name}' cannot be unset. You should remove '{name}' from your request or supply a non-empty \
             value."
        );
        Err(ApiError::invalid(message).code("parameter_invalid_empty").param(name))
    }

    /// A field that must be there.
    pub(crate) fn needed(&self, key: &str) -> Answer<String> {
        self.filled(key)?.ok_or_else(|| ApiError::missing(&self.name(key)))
    }

    pub(crate) fn integer(&self, key: &str) -> Answer<Option<i64>> {
        let Some(text) = self.filled(key)? else { return Ok(None) };
        let invalid = |_| {
            ApiError::invalid(format!("Invalid integer: {text}"))
                .code("parameter_invalid_integer")
                .param(self.name(key))
        };
        text.parse().map(Some).map_err(invalid)
    }

    /// An integer that is not negative.
    pub(crate) fn natural(&self, key: &str) -> Answer<Option<i64>> {
        let number = self.integer(key)?;
        if number.is_none_or(|number| number >= 0) {
            return Ok(number);
        }
        let message = "This value must be greater than or equal to 0.";
        Err(ApiError::invalid(message).code("parameter_invalid_integer").param(self.name(key)))
    }

    pub(crate) fn boolean(&self, key: &str) -> Answer<Option<bool>> {
        let Some(text) = self.filled(key)? else { return Ok(None) };
        match text.as_str() {
            "true" | "1" => Ok(Some(true)),
            "false" | "0" => Ok(Some(false)),
            _ => Err(ApiError::invalid(format!("Invalid boolean: {text}")).param(self.name(key))),
        }
    }

    /// One of some words.
    pub(crate) fn choice(&self, key: &str, words: &[&'static str]) -> Answer<Option<&'static str>> {
        let Some(text) = self.filled(key)? else { return Ok(None) };
        let found = words.iter().find(|word| **word == text);
        found.copied().map(Some).ok_or_else(|| {
            let message = format!("Invalid {key}: must be one of {}", words.join(", "));
            ApiError::invalid(message).param(self.name(key))
        })
    }

    /// Fields of a field, if there are any.
    pub(crate) fn group(&self, key: &str) -> Answer<Option<Self>> {
        let Some(child) = self.child(key) else { return Ok(None) };
        match &*child.tree {
            Tree::Branch(_) => Ok(Some(child)),
            Tree::Text(_) => {
                Err(ApiError::invalid(format!("Invalid object: {}", child.path)).param(child.path))
            }
        }
    }

    /// The elements of a list of groups; none when the field is missing or empty.
    pub(crate) fn list(&self, key: &str) -> Answer<Vec<Self>> {
        let Some(child) = self.child(key) else { return Ok(Vec::new()) };
        let elements = child.elements().ok_or_else(|| {
            ApiError::invalid(format!("Invalid array: {}", child.path)).param(child.path.clone())
        })?;
        Ok(elements)
    }

    /// The elements of a list of texts.
    pub(crate) fn texts(&self, key: &str) -> Answer<Option<Vec<String>>> {
        if self.child(key).is_none() {
            return Ok(None);
        }
        let mut texts = Vec::new();
        for element in self.list(key)? {
            if let Tree::Text(text) = &*element.tree {
                texts.push(text.clone());
                self.read.borrow_mut().insert(element.path);
            }
        }
        Ok(Some(texts))
    }

    fn elements(&self) -> Option<Vec<Self>> {
        match &*self.tree {
            Tree::Text(text) if text.is_empty() => {
                self.read.borrow_mut().insert(self.path.clone());
                Some(Vec::new())
            }
            Tree::Text(_) => None,
            Tree::Branch(children) => {
                children.iter().map(|(key, _)| self.child(key)).collect::<Option<Vec<_>>>()
            }
        }
    }

    /// The change of `metadata`.
    pub(crate) fn metadata(&self) -> Answer<Option<Patch>> {
        let Some(child) = self.child("metadata") else { return Ok(None) };
        let children = match &*child.tree {
            Tree::Text(text) if text.is_empty() => {
                self.read.borrow_mut().insert(child.path);
                return Ok(Some(Patch { clears: true, pairs: Vec::new() }));
            }
            Tree::Text(_) => {
                let message = "Invalid object: metadata must be a set of key-value pairs.";
                return Err(ApiError::invalid(message).param(child.path));
            }
            Tree::Branch(children) => children,
        };
        let mut pairs = Vec::new();
        for (key, _) in children {
            pairs.push((key.clone(), child.text(key)?.unwrap_or_default()));
        }
        Ok(Some(Patch { clears: false, pairs }))
    }

    /// Takes a parameter that changes nothing here.
    pub(crate) fn ignore(&self, keys: &[&str]) {
        for key in keys {
            if let Some(child) = self.child(key) {
                let mut leaves = Vec::new();
                child.leaves(&mut leaves);
                self.read.borrow_mut().extend(leaves);
            }
        }
    }

    fn leaves(&self, found: &mut Vec<String>) {
        match &*self.tree {
            Tree::Text(_) => found.push(self.path.clone()),
            Tree::Branch(children) => {
                for (key, _) in children {
                    if let Some(child) = self.child(key) {
                        child.leaves(found);
                    }
                }
            }
        }
    }

    /// Refuses what was not read.
    pub(crate) fn finish(&self) -> Answer<()> {
        let mut leaves = Vec::new();
        self.leaves(&mut leaves);
        let read = self.read.borrow();
        let unknown: Vec<&str> =
            leaves.iter().map(String::as_str).filter(|leaf| !read.contains(*leaf)).collect();
        let Some(first) = unknown.first() else { return Ok(()) };
        let s = if unknown.len() > 1 { "s" } else { "" };
        let message = format!("Received unknown parameter{s}: {}", unknown.join(", "));
        Err(ApiError::invalid(message).code("parameter_unknown").param(*first))
    }
}

/// `items[0][price]` in its pieces.
fn keys(key: &str) -> Vec<&str> {
    let Some((first, rest)) = key.split_once('[') else { return vec![key] };
    let inner = rest.strip_suffix(']').unwrap_or(rest);
    std::iter::once(first).chain(inner.split("][")).collect()
}

fn insert(children: &mut Vec<(String, Rc<Tree>)>, keys: &[&str], value: &str) {
    let Some((first, rest)) = keys.split_first() else { return };
    let key = if first.is_empty() { children.len().to_string() } else { (*first).to_owned() };
    if rest.is_empty() {
        children.push((key, Rc::new(Tree::Text(value.to_owned()))));
        return;
    }
    let place = children.iter().position(|(name, _)| *name == key).unwrap_or_else(|| {
        children.push((key, Rc::new(Tree::Branch(Vec::new()))));
        children.len() - 1
    });
    let branch = Rc::make_mut(&mut children[place].1);
    if let Tree::Text(_) = branch {
        *branch = Tree::Branch(Vec::new());
    }
    if let Tree::Branch(grandchildren) = branch {
        insert(grandchildren, rest, value);
    }
}

#[cfg(test)]
mod tests {
    use super::{Params, Patch};

    fn params(form: &str) -> Params {
        let pairs = url::form_urlencoded::parse(form.as_bytes()).into_owned();
        Params::parse(&pairs.collect::<Vec<_>>())
    }

    #[test]
    fn brackets_are_groups_and_lists() {
        let params = params(
            "items[0][price]=a&items[0][quantity]=2&items[1][price]=b&expand[]=x&expand[]=y",
        );
        let items = params.list("items").unwrap();
        assert_eq!(items.len(), 2);
        assert_eq!(items[0].integer("quantity").unwrap(), Some(2));
        assert_eq!(items[1].needed("price").unwrap(), "b");
        assert_eq!(params.texts("expand").unwrap().unwrap(), ["x", "y"]);
    }

    #[test]
    fn what_nobody_reads_is_refused_by_its_full_name() {
        let params = params("email=a&items[0][colour]=red");
        params.text("email").unwrap();
        let error = params.finish().unwrap_err().render();
        assert_eq!(error["code"], "parameter_unknown");
        assert_eq!(error["param"], "items[0][colour]");
    }

    #[test]
    fn an_empty_value_removes_a_key_and_an_empty_whole_removes_all() {
        let old = [("a", "1"), ("b", "2")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        let old = old.into_iter().collect();
        let merged = |form| params(form).metadata().unwrap().map(|patch: Patch| patch.apply(&old));
        let keys = |form| merged(form).unwrap().into_keys().collect::<Vec<_>>();
        assert_eq!(keys("metadata[a]=&metadata[c]=3"), ["b", "c"]);
        assert!(keys("metadata=").is_empty());
        assert!(merged("email=x").is_none());
    }
}
