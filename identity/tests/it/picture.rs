//! Pictures, from a file to what is served.

use domain::Digest;
use identity::{MAX_UPLOAD, PictureError};
use image::{ImageFormat, RgbImage};
use sqlx::PgPool;

use super::*;

fn file(colour: u8) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    RgbImage::from_pixel(300, 200, image::Rgb([colour; 3])).write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_picture_has_the_name_of_what_it_is_made_of_and_can_be_taken_away(owner: PgPool) {
    let identity = identity(&owner).await;
    let a = ananya(&identity).await;
    let shown = async || identity.people(&[a]).await.unwrap().remove(&a).unwrap();
    identity.set_picture(a, file(10)).await.unwrap();
    let (first, version) = (shown().await.view.picture.unwrap(), shown().await.version);
    assert_eq!(version, 1);
    let jpeg = identity.picture(a, first).await.unwrap().unwrap();
    assert!(jpeg.starts_with(b"\xff\xd8\xff") && jpeg.len() < 64 * 1024);

    identity.set_picture(a, file(200)).await.unwrap();
    let second = shown().await.view.picture.unwrap();
    assert_ne!(first, second);
    assert_eq!(identity.picture(a, first).await.unwrap(), None, "another stands in its place");
    let b = identity.enter(person("Bharat Rao", "98450 12265")).await;
    assert_eq!(identity.picture(b, second).await.unwrap(), None, "it is not everybody's");

    identity.remove_picture(a).await.unwrap();
    assert_eq!((shown().await.view.picture, shown().await.version), (None, 3));
    assert_eq!(count(&owner, "pictures").await, 0);
    assert_eq!(identity.picture(a, Digest::new([0; 32])).await.unwrap(), None);
}

#[sqlx::test(migrations = "../migrations")]
async fn what_is_no_picture_leaves_the_old_one(owner: PgPool) {
    let identity = identity(&owner).await;
    let a = ananya(&identity).await;
    identity.set_picture(a, file(10)).await.unwrap();
    let before = identity.profile(a).await.unwrap();
    assert!(matches!(identity.set_picture(a, vec![]).await, Err(PictureError::Empty)));
    assert!(matches!(identity.set_picture(a, vec![0; MAX_UPLOAD + 1]).await, Err(PictureError::TooLarge)));
    assert!(matches!(identity.set_picture(a, vec![0; MAX_UPLOAD]).await, Err(PictureError::Unreadable)));
    assert_eq!(identity.profile(a).await.unwrap(), before);
}

#[sqlx::test(migrations = "../migrations")]
async fn pictures_are_made_only_so_often_for_one_person(owner: PgPool) {
    let identity = identity(&owner).await;
    let a = ananya(&identity).await;
    for _ in 0..10 {
        assert!(matches!(identity.set_picture(a, vec![1]).await, Err(PictureError::Unreadable)));
    }
    assert!(matches!(identity.set_picture(a, file(1)).await, Err(PictureError::TooMany { .. })));
}
