//! From any file to one kind of picture: upright, square, small, and a JPEG that we wrote ourselves.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgba, RgbaImage,
    codecs::jpeg::JpegEncoder,
    imageops::{self, FilterType},
};

use super::PictureError;

/// Pixels of a side of what is made.
const SIDE: u32 = 256;
/// Of 100, how faithful it is. A photograph comes to about 15 kB.
const QUALITY: u8 = 85;
/// Pixels of a side of what is looked at.
const MAX_SIDE: u32 = 8192;
/// Bytes of the pixels of what is looked at: 24 megapixels of four bytes each. A file of a few bytes can claim
/// any size, so this is decided before anything is unpacked.
const MAX_PIXELS: u64 = 96 * 1024 * 1024;

/// Makes the picture. Takes up to a second and a hundred megabytes.
pub(super) fn develop(file: &[u8]) -> Result<Vec<u8>, PictureError> {
    let upright = decode(file)?;
    let small = upright.resize_to_fill(SIDE, SIDE, FilterType::CatmullRom).into_rgba8();
    // What can be seen through lies on white: a JPEG knows no glass.
    let mut canvas = RgbaImage::from_pixel(SIDE, SIDE, Rgba([255; 4]));
    imageops::overlay(&mut canvas, &small, 0, 0);
    let mut jpeg = Vec::with_capacity(32 * 1024);
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    let opaque = DynamicImage::ImageRgba8(canvas).into_rgb8();
    opaque.write_with_encoder(encoder).map_err(|_| PictureError::Unreadable)?;
    Ok(jpeg)
}

/// The pixels, turned as the camera says it was held.
fn decode(file: &[u8]) -> Result<DynamicImage, PictureError> {
    let mut reader =
        ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|_| PictureError::Unreadable)?;
    // By what the bytes are, whatever the file is called.
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        return Err(PictureError::Unreadable);
    }
    reader.limits(limits());
    let mut decoder = reader.into_decoder().map_err(refusal)?;
    if decoder.total_bytes() > MAX_PIXELS {
        return Err(PictureError::TooManyPixels);
    }
    let orientation = decoder.orientation().map_err(refusal)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_PIXELS);
    limits
}

fn refusal(error: ImageError) -> PictureError {
    match error {
        ImageError::Limits(_) => PictureError::TooManyPixels,
        _ => PictureError::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use image::{ExtendedColorType, ImageEncoder, RgbImage, codecs::png::PngEncoder};

    use super::*;

    /// Left half red, right half blue.
    fn two_halves(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, _| {
            image::Rgb(if x < width / 2 { [220, 20, 20] } else { [20, 20, 220] })
        })
    }

    fn encoded(image: &RgbImage, format: ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        image.write_to(&mut file, format).expect("a sound image");
        file.into_inner()
    }

    /// A JPEG whose camera says it was held in this way (Exif 2.32, 4.6.4), and where it was.
    fn with_exif(image: &RgbImage, orientation: u8) -> Vec<u8> {
        let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x02\x01\x12\0\x03\0\0\0\x01".to_vec();
        exif.extend([0, orientation, 0, 0]);
        exif.extend(b"\x01\x0e\0\x02\0\0\0\x10\0\0\0\x26\0\0\0\0Taken at 12.97N\0");
        let jpeg = encoded(image, ImageFormat::Jpeg);
        let mut file = jpeg[..2].to_vec();
        file.extend([0xff, 0xe1]);
        file.extend((exif.len() as u16 + 2).to_be_bytes());
        file.extend(exif);
        file.extend(&jpeg[2..]);
        file
    }

    fn read(jpeg: &[u8]) -> RgbImage {
        image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).expect("a JPEG").into_rgb8()
    }

    fn is_red(image: &RgbImage, x: u32, y: u32) -> bool {
        let [r, _, b] = image.get_pixel(x, y).0;
        r > 150 && b < 100
    }

    fn holds(bytes: &[u8], text: &[u8]) -> bool {
        bytes.windows(text.len()).any(|window| window == text)
    }

    #[test]
    fn whatever_is_sent_becomes_a_small_square_jpeg() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            for (width, height) in [(1200, 800), (300, 900), (7, 3)] {
                let jpeg = develop(&encoded(&two_halves(width, height), format)).expect("a picture");
                let made = read(&jpeg);
                assert_eq!(made.dimensions(), (SIDE, SIDE), "{format:?} {width}×{height}");
                assert!(is_red(&made, 20, 128) && !is_red(&made, 235, 128), "the middle is kept: {format:?}");
                assert!(jpeg.len() < 64 * 1024);
            }
        }
    }

    #[test]
    fn a_picture_is_turned_as_its_camera_was_held_and_says_no_more_where_it_was() {
        let file = with_exif(&two_halves(400, 400), 6); // to be turned clockwise: left comes to the top
        assert!(holds(&file, b"12.97N"));
        let jpeg = develop(&file).expect("a picture");
        let made = read(&jpeg);
        assert!(is_red(&made, 128, 20) && !is_red(&made, 128, 235) && is_red(&made, 235, 20));
        assert!(!holds(&jpeg, b"Exif") && !holds(&jpeg, b"12.97N"));
    }

    #[test]
    fn what_hides_behind_a_picture_is_not_kept() {
        let mut file = encoded(&two_halves(300, 300), ImageFormat::Jpeg);
        file.extend(b"<script>alert(1)</script>PK\x03\x04");
        let jpeg = develop(&file).expect("a picture");
        assert!(!holds(&jpeg, b"<script>") && !holds(&jpeg, b"PK\x03\x04"));
        let mut gif = b"GIF89a/*\0\0*/=1;alert(1)//".to_vec();
        gif.extend(encoded(&two_halves(300, 300), ImageFormat::Png));
        assert!(matches!(develop(&gif), Err(PictureError::Unreadable)));
    }

    #[test]
    fn a_few_bytes_that_claim_a_huge_picture_are_refused_before_they_are_unpacked() {
        for (width, height) in [(50_000, 50_000), (8_193, 1), (1, 100_000), (8_000, 8_000), (8_192, 8_192)] {
            let file = claims(width, height);
            assert!(file.len() < 100);
            let refused = develop(&file);
            assert!(matches!(refused, Err(PictureError::TooManyPixels)), "{width}×{height}: {refused:?}");
        }
    }

    /// A PNG that says how large it is, and holds nothing.
    fn claims(width: u32, height: u32) -> Vec<u8> {
        let mut file = Vec::new();
        let encoder = PngEncoder::new(&mut file);
        encoder.write_image(&[0; 3], 1, 1, ExtendedColorType::Rgb8).expect("a sound image");
        file[16..20].copy_from_slice(&width.to_be_bytes());
        file[20..24].copy_from_slice(&height.to_be_bytes());
        let sum = crc32(&file[12..29]);
        file[29..33].copy_from_slice(&sum.to_be_bytes());
        file
    }

    /// The check of a PNG's chunk (ISO 15948, annex D).
    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0u32, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
        })
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let sound = encoded(&two_halves(300, 300), ImageFormat::Png);
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
        let mut torn = sound[..sound.len() / 2].to_vec();
        torn.extend([0; 64]);
        for file in [&b"\0"[..], b"hello", svg, b"%PDF-1.7", b"BM\0\0\0\0", b"\xff\xd8\xff\xe0", &torn] {
            assert!(
                matches!(develop(file), Err(PictureError::Unreadable)),
                "{:?}",
                &file[..file.len().min(8)]
            );
        }
    }

    #[test]
    fn glass_lies_on_white() {
        let glass = RgbaImage::from_pixel(64, 64, Rgba([0, 0, 0, 0]));
        let mut file = Cursor::new(Vec::new());
        glass.write_to(&mut file, ImageFormat::Png).expect("a sound image");
        let made = read(&develop(&file.into_inner()).expect("a picture"));
        assert!(made.pixels().all(|pixel| pixel.0.iter().all(|&value| value > 250)));
    }
}
