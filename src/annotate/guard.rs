//! Who may ask for what. Every request must name this app by an address or name that can't be rebound, and
//! bear the key that the program printed; to change something it must come from our own page and bear the
//! token that is written there. Knows no page and no label.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::SocketAddr;
use std::sync::Arc;

/// Header of the token.
pub const TOKEN_HEADER: &str = "x-tollgate-token";

/// What our own pages may do.
const APP_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; \
     img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The secrets of one run, and the names that it answers to.
#[derive(Debug)]
pub struct Guard {
    /// In the address that is printed, and then in a cookie: who has it may read.
    pub key: String,
    /// In our own pages: who has it and the key may write.
    pub token: String,
    address: SocketAddr,
    hosts: Vec<String>,
}

/// 128 bits that nobody can guess.
///
/// # Errors
/// When the system gives no random bytes.
pub fn secret() -> Result<String, std::io::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(format!("{:032x}", u128::from_le_bytes(bytes)))
}

/// Compares in the same time wherever the first difference is.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |d, (x, y)| d | (x ^ y)) == 0
}

fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(first)
}

impl Guard {
    /// New secrets for an app at this address.
    ///
    /// # Errors
    /// As [`secret`].
    pub fn new(address: SocketAddr, hosts: Vec<String>) -> Result<Guard, std::io::Error> {
        Ok(Guard {
            key: secret()?,
            token: secret()?,
            address,
            hosts,
        })
    }

    /// Whether a browser may call this app so: by an address, by `localhost` or a name that was given. Other
    /// names are how pages of the web reach into machines, by pointing their own name at them.
    fn is_our_host(&self, host: &str) -> bool {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        if !host.chars().all(plain) {
            return false;
        }
        let Ok(url) = url::Url::parse(&format!("http://{host}/")) else {
            return false;
        };
        let ip = match url.host() {
            Some(url::Host::Ipv4(ip)) => Some(std::net::IpAddr::from(ip)),
            Some(url::Host::Ipv6(ip)) => Some(std::net::IpAddr::from(ip)),
            _ => None,
        };
        let known = match (ip, url.host_str()) {
            (Some(ip), _) => ip.is_loopback() || !self.address.ip().is_loopback(),
            (None, Some(name)) => {
                name == "localhost" || self.hosts.iter().any(|h| h.eq_ignore_ascii_case(name))
            }
            (None, None) => false,
        };
        known && url.port_or_known_default() == Some(self.address.port())
    }

    fn cookie(&self) -> String {
        // cookies are shared by all ports of a machine: another run has another name
        format!("tollgate-{}", self.address.port())
    }

    fn has_key(&self, headers: &HeaderMap) -> bool {
        let name = self.cookie();
        let cookies = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|c| c.to_str().ok());
        cookies
            .flat_map(|c| c.split(';'))
            .filter_map(|c| c.trim().split_once('='))
            .any(|(n, value)| n == name && same(value, &self.key))
    }

    /// Whether a request may go on, or why not.
    fn check(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<(), (StatusCode, &'static str)> {
        let forbidden = |why| Err((StatusCode::FORBIDDEN, why));
        let Some(host) = one(headers, "host").filter(|h| self.is_our_host(h)) else {
            return forbidden("this is not how the app is called");
        };
        if uri.authority().is_some_and(|a| a.as_str() != host) {
            return forbidden("this is not how the app is called");
        }
        if !self.has_key(headers) {
            return forbidden("open the address that the program printed: it holds the key");
        }
        match *method {
            Method::GET => Ok(()),
            Method::POST => {
                if one(headers, "origin") != Some(&format!("http://{host}")) {
                    return forbidden("changes come from the app's own pages alone");
                }
                if one(headers, "sec-fetch-site").is_some_and(|site| site != "same-origin") {
                    return forbidden("changes come from the app's own pages alone");
                }
                if !one(headers, TOKEN_HEADER).is_some_and(|t| same(t, &self.token)) {
                    return forbidden("the token is missing or old: load the page again");
                }
                Ok(())
            }
            _ => Err((StatusCode::METHOD_NOT_ALLOWED, "this is not done here")),
        }
    }

    /// The cookie for who comes with the key in the address.
    fn welcome(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
        let host = one(headers, "host")?;
        let query = uri.query()?;
        let given = url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "key")?
            .1;
        if *method != Method::GET || uri.path() != "/" || !self.is_our_host(host) || !same(&given, &self.key)
        {
            return None;
        }
        let cookie = format!(
            "{}={}; Path=/; HttpOnly; SameSite=Strict",
            self.cookie(),
            self.key
        );
        Some(
            (
                StatusCode::SEE_OTHER,
                [(header::SET_COOKIE, cookie), (header::LOCATION, "/".to_owned())],
            )
                .into_response(),
        )
    }
}

/// Lets requests through or not, and gives every answer its headers.
pub async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let (method, uri, headers) = (request.method(), request.uri(), request.headers());
    let mut response = if let Some(welcome) = guard.welcome(method, uri, headers) {
        welcome
    } else {
        match guard.check(method, uri, headers) {
            Ok(()) => next.run(request).await,
            Err((status, why)) => (status, why).into_response(),
        }
    };
    let headers = response.headers_mut();
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(APP_POLICY));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_can_be_rebound_are_refused() {
        let local = Guard::new(([127, 0, 0, 1], 8000).into(), vec!["box.lan".to_owned()]).unwrap();
        for good in [
            "127.0.0.1:8000",
            "localhost:8000",
            "[::1]:8000",
            "box.lan:8000",
            "BOX.lan:8000",
        ] {
            assert!(local.is_our_host(good), "{good}");
        }
        for bad in [
            "evil.example:8000",
            "127.0.0.1",
            "127.0.0.1:80",
            "localhost.evil.example:8000",
            "192.168.1.7:8000",
            "a@127.0.0.1:8000",
            "127.0.0.1:8000/x",
            "",
            "127.0.0.1:8000#",
            "127.0.0.1:8000?x",
        ] {
            assert!(!local.is_our_host(bad), "{bad}");
        }
        let wide = Guard::new(([0, 0, 0, 0], 8000).into(), Vec::new()).unwrap();
        assert!(wide.is_our_host("192.168.1.7:8000") && !wide.is_our_host("evil.example:8000"));
    }

    #[test]
    fn secrets_differ() {
        let (a, b) = (secret().unwrap(), secret().unwrap());
        assert!(a != b && a.len() == 32 && !same(&a, &b) && same(&a, &a.clone()));
    }
}
