//! Somebody with a browser, without script.

use reqwest::{Response, StatusCode, Url};

use crate::world::World;

/// Keeps the session's cookie as a browser does.
#[derive(Clone)]
pub struct Visitor<'a> {
    pub world: &'a World,
    pub cookie: String,
}

impl<'a> Visitor<'a> {
    pub fn new(world: &'a World) -> Self {
        Visitor { world, cookie: String::new() }
    }

    pub async fn get(&mut self, path: &str) -> Response {
        let call = self.world.get(path).header("cookie", &self.cookie);
        let answer = call.send().await.unwrap();
        self.remember(answer)
    }

    pub async fn submit(&mut self, path: &str, form: &str) -> Response {
        let call =
            self.world.http.post(format!("{}{path}", self.world.origin)).header("cookie", &self.cookie);
        let call = call.header("content-type", "application/x-www-form-urlencoded").body(form.to_owned());
        let answer = call.send().await.unwrap();
        self.remember(answer)
    }

    fn remember(&mut self, answer: Response) -> Response {
        let cookies = answer.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
        if let Some(cookie) =
            cookies.filter_map(|cookie| cookie.split(';').next()).find(|one| one.starts_with("okane="))
        {
            self.cookie = cookie.to_owned();
        }
        answer
    }

    /// Presses the button; where it leads.
    pub async fn leave(&mut self, form: &str) -> String {
        let answer = self.submit("/sign-in/google", form).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        location(&answer)
    }

    /// Presses it, says yes at the provider, and comes back.
    pub async fn come_by_google(&mut self, form: &str) -> Response {
        let address = self.leave(form).await;
        let back = self.decide(&address).await;
        self.get(&back).await
    }

    /// Chooses a name and a number, and proves the number by the code that came there.
    pub async fn sign_up(&mut self, form: &str, phone: &str) -> Response {
        let asked = self.submit("/sign-up/google", form).await;
        assert_eq!(asked.status(), StatusCode::SEE_OTHER);
        let asked: Url = format!("{}{}", self.world.origin, location(&asked)).parse().unwrap();
        assert_eq!(asked.path(), "/sign-up/verify");
        let code = self.world.code(phone).await;
        let form = format!("{}&code={code}", asked.query().unwrap());
        self.submit("/sign-up/verify", &form).await
    }

    /// Says yes at the provider; where it leads back to, on whatever server of ours.
    pub async fn decide(&self, address: &str) -> String {
        let answer = self.world.http.get(address).send().await.unwrap();
        let back: Url = location(&answer).parse().unwrap();
        format!("{}?{}", back.path(), back.query().unwrap())
    }

    /// Whether the session is somebody's.
    pub async fn is_signed_in(&self) -> bool {
        let call = self.world.get("/api/v1/balance").header("cookie", &self.cookie);
        call.send().await.unwrap().status() == StatusCode::OK
    }
}

/// Where an answer leads to.
pub fn location(answer: &Response) -> String {
    answer.headers()["location"].to_str().unwrap().to_owned()
}
