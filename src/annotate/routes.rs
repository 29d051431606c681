//! The addresses of the app and what they answer. All work that may block runs beside the server's thread.

use super::app::{App, Options, PageState, lock};
use super::guard::{Guard, guard, secret};
use super::{frame, queue, retrain, web};
use crate::error::{Error, Result};
use crate::label::{Gate, Label};
use axum::Json;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Deserialize;
use serde_json::json;
use std::net::TcpListener;
use std::sync::Arc;

/// Pages that the queue lists.
const LISTED: usize = 300;

/// What handlers share.
#[derive(Clone)]
struct Shared {
    app: Arc<App>,
    guard: Arc<Guard>,
}

/// A server that is bound to its address and not serving yet.
pub struct Bound {
    listener: TcpListener,
    shared: Shared,
    /// Address to open, with the key.
    pub url: String,
}

/// Finds the pages, reads the labels and takes the address.
///
/// # Errors
/// [`Error::NoInput`] for a folder without pages, [`Error::Labels`] for a label file with a fault, [`Error::Io`] when the address can't be had.
pub fn bind(options: Options) -> Result<Bound> {
    let named = |e| Error::io(options.listen.to_string(), e);
    let listener = TcpListener::bind(options.listen).map_err(named)?;
    let address = listener.local_addr().map_err(named)?;
    let guard = Guard::new(address, options.hosts.clone()).map_err(named)?;
    let url = format!("http://{address}/?key={}", guard.key);
    let app = Arc::new(App::new(options)?);
    Ok(Bound {
        listener,
        shared: Shared {
            app,
            guard: Arc::new(guard),
        },
        url,
    })
}

impl Bound {
    /// Serves until the program ends. The pages are read meanwhile.
    ///
    /// # Errors
    /// [`Error::Io`] when the server can't run.
    pub fn serve(self) -> Result<()> {
        let app = Arc::clone(&self.shared.app);
        std::thread::spawn(move || queue::read_all(&app));
        let run = || {
            self.listener.set_nonblocking(true)?;
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(self.listener)?;
                axum::serve(listener, router(self.shared)).await
            })
        };
        run().map_err(|e| Error::io("the annotator", e))
    }
}

fn router(shared: Shared) -> Router {
    let guarded = axum::middleware::from_fn_with_state(Arc::clone(&shared.guard), guard);
    Router::new()
        .route("/", get(queue_page))
        .route("/page/{id}", get(label_page))
        .route("/frame/{id}", get(frame_page))
        .route("/assets/{name}", get(asset))
        .route("/api/status", get(status))
        .route("/api/page/{id}", get(page_data))
        .route("/api/page/{id}/labels", post(set_labels))
        .route("/api/page/{id}/gate", post(set_gate))
        .route("/api/page/{id}/site", post(set_site))
        .route("/api/page/{id}/undo", post(undo))
        .route("/api/train", post(train))
        .fallback(|| async { (StatusCode::NOT_FOUND, "there is nothing here") })
        .layer(guarded)
        .with_state(shared)
}

/// An error as an answer.
struct Failure(StatusCode, String);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let status = match error {
            Error::NoInput { .. } => StatusCode::NOT_FOUND,
            Error::Labels { .. } => StatusCode::CONFLICT,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Failure(status, error.to_string())
    }
}

impl From<minijinja::Error> for Failure {
    fn from(error: minijinja::Error) -> Failure {
        Failure(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

type Answer<T> = std::result::Result<T, Failure>;

/// Runs work that may block beside the server's thread.
async fn beside<T: Send + 'static>(
    shared: &Shared,
    work: impl FnOnce(&Arc<App>) -> Answer<T> + Send + 'static,
) -> Answer<T> {
    let app = Arc::clone(&shared.app);
    let done = tokio::task::spawn_blocking(move || work(&app)).await;
    done.unwrap_or_else(|e| Err(Failure(StatusCode::INTERNAL_SERVER_ERROR, e.to_string())))
}

async fn asset(Path(name): Path<String>) -> Response {
    match web::asset(&name) {
        Some((kind, text)) => ([(header::CONTENT_TYPE, kind)], text).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn queue_page(State(shared): State<Shared>, RawQuery(query): RawQuery) -> Answer<Html<String>> {
    let query = query.unwrap_or_default();
    let word = |name: &str| {
        let found = url::form_urlencoded::parse(query.as_bytes()).find(|(n, _)| n == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let (search, by_name) = (word("q"), word("sort") == "name");
    let token = shared.guard.token.clone();
    beside(&shared, move |app| {
        let queue = lock(&app.queue);
        let mut order = queue.order();
        if by_name {
            order.sort_unstable();
        }
        let wanted = search.to_lowercase();
        order.retain(|id| app.pages[*id].to_lowercase().contains(&wanted));
        let found = order.len();
        order.truncate(LISTED);
        let entries: Vec<_> = order.iter().map(|id| queue.entry(*id, &app.pages[*id])).collect();
        let page = web::render(
            "queue.html",
            context! {
                token, found, search, by_name,
                entries => Value::from(Serde(entries)),
                progress => Value::from(Serde(queue.progress())),
                folder => app.options.folder.display().to_string(),
                labels => app.label_file().display().to_string(),
                first => queue.next(None),
            },
        )?;
        Ok(Html(page))
    })
    .await
}

async fn label_page(State(shared): State<Shared>, Path(id): Path<usize>) -> Answer<Html<String>> {
    let token = shared.guard.token.clone();
    beside(&shared, move |app| {
        let page = app.open(id)?;
        lock(&app.queue).visit(id);
        let title = page.answer.title.clone().unwrap_or_else(|| page.name.clone());
        let rendered = web::render(
            "page.html",
            context! { token, id, title, name => page.name.as_str(), url => page.answer.url.as_deref() },
        )?;
        Ok(Html(rendered))
    })
    .await
}

async fn frame_page(
    State(shared): State<Shared>,
    Path(id): Path<usize>,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    let styled = query.as_deref() != Some("plain");
    beside(&shared, move |app| {
        let page = app.open(id)?;
        let nonce = secret().map_err(|e| Failure::from(Error::io("random bytes", e)))?;
        let html = frame::frame(&page, &nonce, styled)?;
        let policy = [(header::CONTENT_SECURITY_POLICY, frame::policy(&nonce))];
        Ok((policy, Html(html)).into_response())
    })
    .await
}

async fn status(State(shared): State<Shared>) -> Response {
    let progress = lock(&shared.app.queue).progress();
    let training = lock(&shared.app.training).clone();
    Json(json!({"progress": progress, "training": training})).into_response()
}

async fn page_data(State(shared): State<Shared>, Path(id): Path<usize>) -> Answer<Response> {
    beside(&shared, move |app| {
        let page = app.open(id)?;
        let state = app.state(id)?;
        let blocks = page.answer.blocks.iter().zip(page.doubts()).map(|(b, doubt)| {
            json!({
                "label": b.label, "confidence": b.confidence, "doubt": doubt, "text": b.text, "tag": b.tag,
                "kind": b.part.map(crate::label::Part::name).or(b.purpose.map(crate::verdict::Purpose::name)),
            })
        });
        let data = json!({
            "blocks": blocks.collect::<Vec<_>>(),
            "containers": page.containers(),
            "access": page.answer.paywall,
            "state": state,
            "next": lock(&app.queue).next(Some(id)),
        });
        Ok(Json(data).into_response())
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetLabels {
    set: Vec<(usize, Option<Label>)>,
}

async fn set_labels(
    State(shared): State<Shared>,
    Path(id): Path<usize>,
    Json(body): Json<SetLabels>,
) -> Answer<Json<PageState>> {
    beside(&shared, move |app| Ok(Json(app.label(id, &body.set)?))).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetGate {
    gate: Option<Gate>,
}

async fn set_gate(
    State(shared): State<Shared>,
    Path(id): Path<usize>,
    Json(body): Json<SetGate>,
) -> Answer<Json<PageState>> {
    beside(&shared, move |app| Ok(Json(app.judge(id, body.gate)?))).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetSite {
    site: String,
}

async fn set_site(
    State(shared): State<Shared>,
    Path(id): Path<usize>,
    Json(body): Json<SetSite>,
) -> Answer<Json<PageState>> {
    beside(&shared, move |app| Ok(Json(app.name_site(id, &body.site)?))).await
}

async fn undo(State(shared): State<Shared>, Path(id): Path<usize>) -> Answer<Json<PageState>> {
    beside(&shared, move |app| Ok(Json(app.undo(id)?))).await
}

async fn train(State(shared): State<Shared>) -> Answer<StatusCode> {
    beside(&shared, |app| {
        if retrain::start(app) {
            Ok(StatusCode::ACCEPTED)
        } else {
            Err(Failure(
                StatusCode::CONFLICT,
                "training is at work already".to_owned(),
            ))
        }
    })
    .await
}
