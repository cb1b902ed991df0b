//! A browser in the cage: what it is answered is kept, and what it sends can be sent again.

use reqwest::{Method, Url};

use super::cage::{Heard, Sent};
use crate::openid::visitor::{Visitor, location};

pub struct Traveller<'a> {
    pub visitor: Visitor<'a>,
    pub heard: &'a mut Heard,
}

impl<'a> Traveller<'a> {
    /// Another browser, that knows nothing.
    pub fn other(&mut self) -> Traveller<'_> {
        Traveller { visitor: Visitor::new(self.visitor.world), heard: self.heard }
    }

    fn sends(&mut self, method: Method, path: &str, form: &str) {
        let (path, cookie) = (path.to_owned(), self.visitor.cookie.clone());
        self.heard.sent.push(Sent { method, path, cookie, form: form.to_owned() });
    }

    /// Where it is led, or the page.
    pub async fn submit(&mut self, path: &str, form: &str) -> String {
        self.sends(Method::POST, path, form);
        let answer = self.visitor.submit(path, form).await;
        let led = answer.headers().contains_key("location").then(|| location(&answer));
        let (_, page) = self.heard.keep(answer).await;
        led.unwrap_or(page)
    }

    /// The same by a link.
    pub async fn get(&mut self, path: &str) -> String {
        self.sends(Method::GET, path, "");
        let answer = self.visitor.get(path).await;
        let led = answer.headers().contains_key("location").then(|| location(&answer));
        let (_, page) = self.heard.keep(answer).await;
        led.unwrap_or(page)
    }

    /// Opens the page of a link that was sent, which carries its token on in a form, and sends that, twice.
    pub async fn open(&mut self, page: &str, token: &str) {
        let form = format!("token={token}");
        assert!(self.get(&format!("{page}?{form}")).await.contains(token));
        assert_eq!(self.submit(page, &form).await, format!("{page}?done=1"));
        self.submit(page, &form).await;
    }

    /// Leaves for the provider by this form and says yes there; where that leads back to. State and nonce stand in that
    /// one address.
    pub async fn leave(&mut self, path: &str, form: &str) -> String {
        let answer = self.visitor.submit(path, form).await;
        let address: Url = location(&answer).parse().unwrap();
        let mut bare = address.clone();
        bare.set_query(None);
        self.heard.answers.push(format!("{bare}\n{}", answer.text().await.unwrap()));
        self.visitor.decide(address.as_str()).await
    }
}
