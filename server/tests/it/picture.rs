//! Pictures over HTTP: what is taken, what becomes of it, and who sees it.

use app as _;
use reqwest::{Response, StatusCode};
use serde_json::json;
use sqlx::PgPool;

use crate::world::*;

/// A sound PNG of one pixel.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\xcf\xc0\0\0\x03\x01\x01\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82";

/// Sends a file as the profile's form does, whatever it is called.
async fn send(world: &World, person: &Person, file: &[u8], kind: &str) -> Response {
    let mut body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"../me.png\"\r\nContent-Type: {kind}\r\n\r\n"
    )
    .into_bytes();
    body.extend(file);
    body.extend(b"\r\n--edge--\r\n");
    let call = world.http.post(format!("{}/settings/profile/picture", world.origin));
    let call = call.header("content-type", "multipart/form-data; boundary=edge").body(body);
    call.header("cookie", &person.cookie).send().await.unwrap()
}

/// The address of somebody's picture, as their own profile shows it.
async fn address(world: &World, person: &Person) -> Option<String> {
    let page = person.get(world, "/settings/profile").await.text().await.unwrap();
    let from = page.find("/pictures/")?;
    page[from..].split('"').next().map(str::to_owned)
}

/// Somebody has one; its address, below that of all pictures.
pub async fn anew(world: &World, person: &Person) -> String {
    send(world, person, PIXEL, "image/png").await;
    let address = address(world, person).await.unwrap();
    address.strip_prefix("/pictures/").unwrap().to_owned()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_picture_is_served_as_what_it_is_and_kept_by_one_browser_only(database: PgPool) {
    let world = World::new(database).await;
    let asha = world.person("Asha Rao").await;
    assert_eq!(address(&world, &asha).await, None);
    let answer = send(&world, &asha, PIXEL, "image/png").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(answer.headers()["location"], "/settings/profile?changed=picture");
    let picture = asha.get(&world, &address(&world, &asha).await.unwrap()).await;
    assert_eq!(picture.status(), StatusCode::OK);
    for (name, value) in [
        ("content-type", "image/jpeg"),
        ("cache-control", "private, max-age=31536000, immutable"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "content-security-policy",
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
    ] {
        assert_eq!(picture.headers()[name], value, "{name}");
    }
    assert!(picture.bytes().await.unwrap().starts_with(b"\xff\xd8\xff"), "made anew");
}

#[sqlx::test(migrations = "../migrations")]
async fn a_picture_is_seen_by_those_who_have_to_do_with_the_person_and_by_nobody_else(database: PgPool) {
    let world = World::new(database).await;
    let (asha, meera) = (world.person("Asha Rao").await, world.person("Meera Krishnan").await);
    let (payer, stranger) = (world.person("Kabir Das").await, world.person("Ravi Menon").await);
    send(&world, &asha, PIXEL, "image/png").await;
    let path = address(&world, &asha).await.unwrap();
    let seen_by = async |person: &Person| person.get(&world, &path).await.status().as_u16();
    assert_eq!(world.get(&path).send().await.unwrap().status(), 303, "nobody is led to the sign-in page");
    for person in [&meera, &payer, &stranger] {
        assert_eq!(seen_by(person).await, 404);
    }
    let form = async |person: &Person, path: &str, body: String| {
        let call = world.http.post(format!("{}{path}", world.origin)).header("cookie", &person.cookie);
        let call = call.header("content-type", "application/x-www-form-urlencoded").body(body);
        assert_eq!(call.send().await.unwrap().status(), 303);
    };
    let number = asha.phone.replace('+', "%2B");
    form(&meera, "/people", format!("to={number}")).await;
    form(&payer, "/send", format!("to={number}&amount=1&note=&key=key-1")).await;
    assert_eq!([seen_by(&meera).await, seen_by(&payer).await, seen_by(&stranger).await], [200, 200, 404]);
    let (status, _) = stranger.pay(&world, "key-2", &json!({ "to": asha.phone, "amount_minor": 100 })).await;
    assert_eq!((status.as_u16(), seen_by(&stranger).await), (201, 200));

    let id = path.split('/').nth(2).unwrap();
    for odd in [
        format!("/pictures/{id}/{}.jpg", "0".repeat(64)),
        format!("/pictures/{id}/x.jpg"),
        format!("/pictures/x/{}", path.rsplit('/').next().unwrap()),
        path.replace(".jpg", ".svg"),
    ] {
        assert_eq!(asha.get(&world, &odd).await.status(), 404, "{odd}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_file_of_a_megabyte_is_taken_and_what_hides_in_it_is_not_kept(database: PgPool) {
    let world = World::new(database).await;
    let asha = world.person("Asha Rao").await;
    let page = b"<script>alert(1)</script>".repeat(40_000);
    let answer = send(&world, &asha, &[PIXEL, &page].concat(), "text/html").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let picture = asha.get(&world, &address(&world, &asha).await.unwrap()).await;
    let jpeg = picture.bytes().await.unwrap();
    assert!(jpeg.len() < 16 * 1024 && !jpeg.windows(7).any(|bytes| bytes == b"<script"));
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_no_picture_or_too_large_is_refused_with_a_sentence_on_the_page(database: PgPool) {
    let world = World::new(database).await;
    let asha = world.person("Asha Rao").await;
    let mut bomb = PIXEL.to_vec();
    bomb[16..24].copy_from_slice(&[0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50]); // 50,000 by 50,000
    bomb[29..33].copy_from_slice(&[0xc4, 0xcd, 0xaa, 0x9d]);
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
    for (file, kind, sentence) in [
        (vec![], "image/png", "Choose a picture first."),
        (PIXEL[..40].to_vec(), "image/png", "cannot be read as a picture"),
        (svg, "image/png", "cannot be read as a picture"),
        (bomb, "image/png", "too many pixels"),
        (vec![0xff; 10 * 1024 * 1024], "image/jpeg", "larger than 5 MB"),
    ] {
        let answer = send(&world, &asha, &file, kind).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{sentence}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(sentence) && page.contains("Nothing was changed."), "{sentence}");
    }
    assert_eq!(address(&world, &asha).await, None);
}

#[sqlx::test(migrations = "../migrations")]
async fn no_other_address_takes_so_much_and_nobody_else_sends_a_picture(database: PgPool) {
    let world = World::new(database).await;
    let asha = world.person("Asha Rao").await;
    let post = |path: &str, body: Vec<u8>| world.http.post(format!("{}{path}", world.origin)).body(body);
    let plain = post("/settings/profile/picture", PIXEL.to_vec()).header("cookie", &asha.cookie);
    assert_eq!(plain.send().await.unwrap().status(), StatusCode::BAD_REQUEST, "no form of ours");
    let form = "--edge\r\nContent-Disposition: form-data; name=\"picture\"\r\n\r\nx\r\n--edge--\r\n";
    let form = |path| post(path, form.into()).header("content-type", "multipart/form-data; boundary=edge");
    let signed_out = form("/settings/profile/picture").send().await.unwrap();
    assert_eq!(signed_out.headers()["location"], "/sign-in?next=/settings/profile/picture");
    let elsewhere = form("/settings/profile/picture").header("cookie", &asha.cookie);
    let elsewhere = elsewhere.header("sec-fetch-site", "cross-site").header("origin", "https://evil.example");
    assert_eq!(elsewhere.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    let large = post("/settings/profile", [b"name=".to_vec(), vec![b'a'; 64 * 1024]].concat());
    let large =
        large.header("content-type", "application/x-www-form-urlencoded").header("cookie", &asha.cookie);
    assert_eq!(large.send().await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
}
