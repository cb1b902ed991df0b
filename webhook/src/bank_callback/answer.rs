//! What the bank hears of each settlement. The ledger has logged it.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use ledger::on_ramp::Settlement;
use serde_json::json;

use service::problem::problem;

/// 2xx ends the bank's retries; 4xx says that another try would not mend it.
pub fn to(settlement: Settlement) -> Response {
    let refused = match settlement {
        Settlement::Settled
        | Settlement::Failed
        | Settlement::Repeated
        | Settlement::Ignored
        | Settlement::Suspense => {
            return Json(json!({ "status": settlement.code() })).into_response();
        }
        Settlement::Contradicted => {
            let sentence = "This webhook-id was heard before with another body. Nothing was changed.";
            return problem(StatusCode::UNPROCESSABLE_ENTITY, sentence);
        }
        Settlement::WrongAmount => {
            (StatusCode::UNPROCESSABLE_ENTITY, "The amount is not the one that was asked for.")
        }
        Settlement::WrongCurrency => {
            (StatusCode::UNPROCESSABLE_ENTITY, "The currency is not the one that was asked for.")
        }
        Settlement::UnknownToken => (StatusCode::NOT_FOUND, "No payment has this token."),
        Settlement::Malformed => {
            (StatusCode::BAD_REQUEST, "The message is signed but cannot be read as one about a payment.")
        }
    };
    let (status, sentence) = refused;
    problem(status, format!("{sentence} It is kept for review."))
}
