//! What OKANE is, in a sentence.

mod page;
pub use page::LandingPage;

/// Given as context where the landing page may open the demo account in one click.
#[derive(Debug, Clone, Copy)]
pub struct DemoAccount;
