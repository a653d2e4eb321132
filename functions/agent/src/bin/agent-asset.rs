//! `GET /agent/asset/{name}`: see [`agent::asset::asset`].

crm_lambda::serve!(agent::endpoints::ASSET);
