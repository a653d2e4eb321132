//! `GET /agent/asset/{name}`: see [`agent::asset::asset`].

shared::serve!(agent::endpoints::ASSET);
