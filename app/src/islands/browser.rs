//! What islands ask of the browser.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Document, HtmlElement, HtmlTextAreaElement, KeyboardEvent, RequestInit, Response,
};

/// How long an answer may take.
const PATIENCE_MS: u32 = 10_000;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// No connection, or a server that cannot answer now.
    Lost,
    /// Whoever reads the page is signed out, or may no longer read this.
    Refused,
}

/// The body of a GET on this server, with its cookies.
pub(super) async fn get(path: &str) -> Result<String, Failure> {
    let response = fetch(path).await.map_err(|_| Failure::Lost)?;
    match response.status() {
        200 => {}
        401 | 403 | 404 => return Err(Failure::Refused),
        _ => return Err(Failure::Lost),
    }
    let body = response.text().map_err(|_| Failure::Lost)?;
    let body = JsFuture::from(body).await.map_err(|_| Failure::Lost)?;
    body.as_string().ok_or(Failure::Lost)
}

async fn fetch(path: &str) -> Result<Response, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let options = RequestInit::new();
    options.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MS)));
    JsFuture::from(window.fetch_with_str_and_init(path, &options)).await?.dyn_into()
}

/// Copies a text; gives whether that worked.
pub(super) async fn copy(text: &str) -> bool {
    let Some(window) = web_sys::window() else { return false };
    if window.is_secure_context() {
        let writing = window.navigator().clipboard().write_text(text);
        return JsFuture::from(writing).await.is_ok();
    }
    // On plain http, as on an instance inside a private network, browsers offer the old way only.
    document().is_some_and(|document| copy_selected(&document, text).unwrap_or(false))
}

fn copy_selected(document: &Document, text: &str) -> Result<bool, JsValue> {
    let body = document.body().ok_or(JsValue::NULL)?;
    let focused = document.active_element();
    let field: HtmlTextAreaElement = document.create_element("textarea")?.dyn_into()?;
    field.set_value(text);
    field.set_class_name("visually-hidden");
    body.append_child(&field)?;
    field.select();
    let document: &web_sys::HtmlDocument = document.unchecked_ref();
    let is_copied = document.exec_command("copy");
    field.remove();
    if let Some(focused) = focused.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        focused.focus()?;
    }
    is_copied
}

/// Focuses the element with this id and selects what is in it; gives whether it is there.
pub(super) fn focus(id: &str) -> bool {
    let element = document().and_then(|document| document.get_element_by_id(id));
    let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    if let Some(field) = element.dyn_ref::<web_sys::HtmlInputElement>() {
        field.select();
    }
    element.focus().is_ok()
}

/// Moves the focus to the link after (or before) the focused one among those that `selector` finds.
pub(super) fn focus_next(selector: &str, is_forward: bool) {
    let Some(document) = document() else { return };
    let Ok(links) = document.query_selector_all(selector) else { return };
    let focused = document.active_element();
    let link = |place: u32| links.item(place).and_then(|node| node.dyn_into::<HtmlElement>().ok());
    let current = (0..links.length())
        .find(|place| link(*place).as_deref().is_some_and(|link| Some(link) == focused.as_ref()));
    let next = match (current, is_forward) {
        (None, _) => Some(0),
        (Some(place), true) => Some(place + 1),
        (Some(place), false) => place.checked_sub(1),
    };
    if let Some(link) = next.and_then(link) {
        // Nothing to do for a link that cannot be focused.
        let _ = link.focus();
    }
}

/// Whether a key was pressed on its own, outside of fields that take text.
pub(super) fn is_plain_key(event: &KeyboardEvent) -> bool {
    let is_alone = !(event.ctrl_key() || event.meta_key() || event.alt_key());
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    is_alone
        && !target.is_some_and(|element| {
            element.is_content_editable()
                || matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
        })
}

/// Whether somebody can see the page.
pub(super) fn is_visible() -> bool {
    document().is_some_and(|document| !document.hidden())
}

/// The present moment, in Unix milliseconds.
#[expect(clippy::cast_possible_truncation, reason = "53 bits of milliseconds are enough for ever")]
pub(super) fn now_ms() -> i64 {
    js_sys::Date::now() as i64
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}
