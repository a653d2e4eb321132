//! What pages look like: files of their own, so that a page can forbid everything inline. They are the same for everybody and hold
//! nothing about anybody, so that nothing is needed to open them.

use std::sync::LazyLock;

use shared::{
    error::Error,
    http::{Request, Response},
    store::sha256,
};

/// A file that pages need.
struct Asset {
    /// Its name without what changes with its content.
    stem: &'static str,
    content_type: &'static str,
    content: &'static str,
}

const STYLE: Asset = Asset {
    stem: "page.css",
    content_type: "text/css; charset=utf-8",
    content: include_str!("../assets/page.css"),
};
const SCRIPT: Asset = Asset {
    stem: "page.js",
    content_type: "text/javascript; charset=utf-8",
    content: include_str!("../assets/page.js"),
};
const ICON: Asset = Asset {
    stem: "icon.svg",
    content_type: "image/svg+xml",
    content: include_str!("../assets/icon.svg"),
};

impl Asset {
    /// A name that no other content has, so that browsers can keep it for ever: `3f9a2c41d07b-page.css`.
    fn name(&self) -> String {
        format!("{}-{}", &sha256(self.content.as_bytes())[..12], self.stem)
    }
}

/// The addresses of all that a page needs.
#[derive(Debug)]
pub struct Assets {
    /// The style sheet.
    pub style: String,
    /// The script that shows times in the reader's zone.
    pub script: String,
    /// The icon.
    pub icon: String,
}

/// The addresses, which stay the same as long as the program.
pub static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let address = |asset: Asset| format!("/agent/asset/{}", asset.name());
    Assets {
        style: address(STYLE),
        script: address(SCRIPT),
        icon: address(ICON),
    }
});

/// `GET /agent/asset/{name}`. While a new version is rolled out, a page of one version may ask for an asset of the other: it gets what
/// there is, to be kept for that once.
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
