//! What a browser may do with a page of ours, and where it tells of what it did not do (CSP 3, 5; Reporting API, 3).

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Where browsers tell of breaches.
pub const REPORTS: &str = "/reports/csp";
/// The same under the name that policies call it by; `report-uri` is for browsers that know no names.
pub(super) const REPORTING: HeaderName = HeaderName::from_static("reporting-endpoints");
pub(super) const ENDPOINTS: HeaderValue = HeaderValue::from_static("csp=\"/reports/csp\"");

/// For a page: scripts by nonce, everything else from here; forms may lead on to these origins, which are the bank and
/// the OpenID provider.
pub(super) fn page(nonce: &str, others: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self' {others}; base-uri 'none'; \
         frame-ancestors 'none'; report-to csp; report-uri {REPORTS}"
    )
}

/// For a failure, which has no script and no form.
pub(super) fn failure() -> HeaderMap {
    let policy = HeaderValue::from_static(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; \
         frame-ancestors 'none'; report-to csp; report-uri /reports/csp",
    );
    [(header::CONTENT_SECURITY_POLICY, policy), (REPORTING, ENDPOINTS)].into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_names_the_address_that_takes_reports() {
        let failure = failure();
        let policies = [
            page("n", "https://bank.example"),
            failure[header::CONTENT_SECURITY_POLICY].to_str().expect("text").to_owned(),
        ];
        for policy in policies {
            assert!(policy.ends_with(&format!("report-to csp; report-uri {REPORTS}")), "{policy}");
        }
        assert_eq!(ENDPOINTS.to_str().expect("text"), format!("csp=\"{REPORTS}\""));
    }
}
