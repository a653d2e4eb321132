//! The pages' style, script and icon. They are separate files, so that a page's content security policy can forbid
//! everything inline. They hold no data of anybody, so they need no key and no signature.

use std::sync::LazyLock;

use crm_domain::{digest::sha256, error::Error};
use crm_lambda::http::{Request, Response};

/// A file that pages need.
struct Asset {
    /// Its name without the digest.
    stem: &'static str,
    content_type: &'static str,
    content: &'static str,
}

/// The style sheet of all pages.
pub const STYLE_SHEET: &str = include_str!("../assets/page.css");
/// The script that shows times in the reader's zone.
pub const TIMES_SCRIPT: &str = include_str!("../assets/page.js");
/// The icon of all pages.
pub const ICON_PICTURE: &str = include_str!("../assets/icon.svg");

const STYLE: Asset = Asset {
    stem: "page.css",
    content_type: "text/css; charset=utf-8",
    content: STYLE_SHEET,
};
const SCRIPT: Asset = Asset {
    stem: "page.js",
    content_type: "text/javascript; charset=utf-8",
    content: TIMES_SCRIPT,
};
const ICON: Asset = Asset {
    stem: "icon.svg",
    content_type: "image/svg+xml",
    content: ICON_PICTURE,
};

impl Asset {
    /// Its name with a digest of its content, so that browsers can cache it for ever: `3f9a2c41d07b-page.css`.
    fn name(&self) -> String {
        format!("{}-{}", &sha256(self.content.as_bytes())[..12], self.stem)
    }
}

/// The addresses of the assets that a page needs.
#[derive(Debug)]
pub struct Assets {
    /// The style sheet.
    pub style: String,
    /// The script that shows times in the reader's zone.
    pub script: String,
    /// The icon.
    pub icon: String,
}

/// The addresses of this version of the program.
pub static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let address = |asset: Asset| format!("/agent/asset/{}", asset.name());
    Assets {
        style: address(STYLE),
        script: address(SCRIPT),
        icon: address(ICON),
    }
});

/// `GET /agent/asset/{name}`. While a new version is rolled out, a page of one version may ask for an asset of the
/// other. It gets the present one, which browsers may not cache.
///
/// # Errors
/// [`Error::UnknownPath`].
pub fn asset(request: &Request) -> Result<Response, Error> {
    let name = request.path_parameter("name");
    let stem = name.split_once('-').map_or(name, |(_, stem)| stem);
    let asset = [STYLE, SCRIPT, ICON].into_iter().find(|asset| asset.stem == stem);
    let asset = asset.ok_or(Error::UnknownPath)?;
    let response = Response::of(200, asset.content_type, asset.content);
    Ok(if asset.name() == name {
        response.with("cache-control", "public, max-age=31536000, immutable")
    } else {
        response
    })
}
